from django import template

from portal.admin import undo

register = template.Library()
register.filter("undo_key", undo.undo_key)
