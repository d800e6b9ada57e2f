"""What a list was narrowed down by, in words."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.views.main import SEARCH_VAR
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Model
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _

ENDS = (("_from", "≥ "), ("_to", "≤ "))


def filters_in_words(changelist: Any, request: HttpRequest) -> str:
    """«Branch: Main library · Search: ann»; "" for the whole list."""
    params = dict(request.GET.lists())
    parts = []
    for spec in changelist.filter_specs:
        for name in spec.expected_parameters():
            values = list(filter(None, params.pop(name, ())))
            if values:
                shown = ", ".join(_value_in_words(spec, name, v) for v in values)
                parts.append(f"{capfirst(spec.title)}: {shown}")
    searched = params.pop(SEARCH_VAR, [""])[-1]
    if searched:
        parts.append(_("Search: %s") % searched)
    # Filters that the page has none for, such as those of the dashboard's links.
    others = params.keys() & changelist.get_filters_params().keys()
    for name in sorted(others):
        shown = ", ".join(value or _("empty") for value in params[name])
        parts.append(f"{_field_in_words(changelist.model, name)}: {shown}")
    return " · ".join(parts)


def _value_in_words(spec: Any, name: str, value: str) -> str:
    if isinstance(spec, admin.BooleanFieldListFilter):
        return {"1": _("Yes"), "0": _("No")}.get(value, value)
    for key, label in getattr(spec, "lookup_choices", ()):
        if str(key) == value:
            return str(label)
    signs = [sign for end, sign in ENDS if name.endswith(end)]
    return "".join([*signs, value])


def _field_in_words(model: type[Model], lookup: str) -> str:
    try:
        field: Any = model._meta.get_field(lookup.partition("__")[0])
    except FieldDoesNotExist:
        return lookup
    return capfirst(str(getattr(field, "verbose_name", lookup)))
