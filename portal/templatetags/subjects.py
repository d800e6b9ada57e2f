from django import template

from portal.history import subjects

register = template.Library()
register.filter("known_subject", subjects.known_subject)
