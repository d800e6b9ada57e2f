"""What a browser would send back from an admin page, for tests to tamper with."""

from datetime import date
from typing import Any

from django.db.models import Model
from django.forms import BoundField, ModelMultipleChoiceField
from django.http import HttpResponse
from django.test import Client


def posted(page: HttpResponse, **changed: Any) -> dict[str, Any]:
    """The data of the page's forms as they stand, with some values `changed`.

    `None` leaves a value out. Inline fields are named with `__` for each `-`.
    """
    forms = [page.context["adminform"].form]
    for inline in page.context["inline_admin_formsets"]:
        forms += [inline.formset.management_form, *inline.formset.forms]
    data = {bound.html_name: _sent(bound) for form in forms for bound in form}
    data |= {name.replace("__", "-"): value for name, value in changed.items()}
    return {name: value for name, value in data.items() if value is not None}


def _sent(bound: BoundField) -> Any:
    """None for what a browser leaves out: an empty value, a box that is not ticked."""
    value = bound.value()
    if value is True:
        return "on"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(bound.field, ModelMultipleChoiceField):
        # A browser can send only what the page offers.
        offered = set(bound.field.queryset.values_list("pk", flat=True))
        keys = {getattr(each, "pk", each) for each in value or ()}
        return sorted(keys & offered)
    if isinstance(value, Model):
        return value.pk
    return None if value is False else value


def seen_plan(client: Client, url: str) -> dict[str, str]:
    """What a page that shows a plan sends back; nothing where it shows none."""
    context = client.get(url).context
    return {"digest": context["plan"].digest} if context and "plan" in context else {}


def errors_of(page: HttpResponse) -> str:
    """Every error on the page's forms, as one text."""
    errors = [page.context["adminform"].form.errors]
    for inline in page.context["inline_admin_formsets"]:
        errors += [inline.formset.non_form_errors(), *inline.formset.errors]
    return " ".join(str(each) for each in errors if each)
