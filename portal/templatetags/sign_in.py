"""Gives the forms and pages of django-allauth the look of the theme."""

from typing import Any

from django import forms, template
from django.forms import BoundField
from unfold.widgets import CHECKBOX_CLASSES, INPUT_CLASSES

register = template.Library()


@register.filter
def themed(field: BoundField) -> BoundField:
    """The field as the theme draws its own: the label says what to type."""
    widget = field.field.widget
    is_tick = isinstance(widget, forms.CheckboxInput)
    widget.attrs["class"] = " ".join(CHECKBOX_CLASSES if is_tick else INPUT_CLASSES)
    widget.attrs.pop("placeholder", None)
    return field


@register.filter
def variant(attrs: dict[str, Any]) -> str:
    """The theme's kind of button for what allauth calls its tags."""
    tags = attrs.get("tags") or ()
    if "danger" in tags:
        return "danger"
    if {"outline", "secondary", "cancel", "tool", "link"}.intersection(tags):
        return "secondary"
    return "primary"


@register.simple_tag
def button_id(value: str | None) -> dict[str, str]:
    """An id as the theme's button takes it."""
    return {"id": value} if value else {}
