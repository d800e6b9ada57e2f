"""The pages of the admin site as they are registered, so that new ones are covered."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.sessions.models import Session
from django.db.models import Model
from django.urls import URLPattern, get_resolver, reverse
from django.urls.resolvers import RegexPattern

from portal.history.snapshot import is_tracked, tracked_fields
from portal.models import ImportRow, SecurityEvent

MODELS = list(admin.site._registry)
# Tables that a look may write to: the session keeps who is signed in, and a refusal or
# a download is an event.
NOT_OF_THE_DOMAIN = {Session, SecurityEvent}
CONVERTER = re.compile(r"<(\w+:)?(\w+)>")


def label(model: type[Model]) -> str:
    return model._meta.label_lower


def page(model: type[Model], name: str, *args: Any) -> str:
    opts = model._meta
    return reverse(f"admin:{opts.app_label}_{opts.model_name}_{name}", args=args)


def all_patterns(
    patterns: Any = None, before: str = "/"
) -> Iterator[tuple[str, URLPattern]]:
    """Each pattern of the whole portal, with the path that leads to it."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLPattern):
            yield before, pattern
        else:
            yield from all_patterns(pattern.url_patterns, before + str(pattern.pattern))


def every_address() -> Iterator[str]:
    return (address for _name, address in named_addresses())


# What the addresses that are no plain paths end in.
ENDS = {
    "app_list": "accounts/",
    "account_reset_password_from_key": "password/reset/key/x-y/",
}


def first_of(model: type[Model]) -> Any:
    return model._base_manager.first()


def named_addresses(
    choose: Callable[[type[Model]], Any] = first_of,
) -> Iterator[tuple[str | None, str]]:
    """Each address of the portal, with a real object wherever it names one."""
    for before, pattern in all_patterns():
        yield pattern.name, _address(before, pattern, choose)


def address_of(name: str) -> str:
    """The one address of this name, with a real object wherever it names one."""
    [found] = [each for each in all_patterns() if each[1].name == name]
    return _address(*found, first_of)


def _address(
    before: str, pattern: URLPattern, choose: Callable[[type[Model]], Any]
) -> str:
    if isinstance(pattern.pattern, RegexPattern):
        return before + ENDS.get(str(pattern.name), "no/such/")
    values = parameters(before, choose)
    return CONVERTER.sub(partial(value_for, values), before + str(pattern.pattern))


def value_for(values: dict[str, Any], converter: re.Match[str]) -> str:
    kind, name = converter.groups()
    return str(values.get(name, 1 if kind == "int:" else "x"))


def parameters(
    before: str, choose: Callable[[type[Model]], Any] = first_of
) -> dict[str, Any]:
    """What the addresses below `/admin/<app>/<model>/` may ask for."""
    row = choose(ImportRow)
    values = {"ending": "csv", "format": "csv", "job_id": row.job_id}
    values["number"] = row.number
    for model in MODELS:
        if before == page(model, "changelist"):
            obj = choose(model)
            values |= {"object_id": obj.pk, "model_name": model._meta.model_name}
            if is_tracked(model):
                newest = obj.history.first()
                values |= {
                    "history_id": newest.pk,
                    "field_name": tracked_fields(model)[1].name,
                    "point": newest.change_set_id,
                }
    return values


def all_rows() -> dict[str, list[Any]]:
    """Every row of every table, to see whether a look changed anything."""
    return {
        model._meta.label: list(model._base_manager.order_by("pk").values_list())
        for model in apps.get_models(include_auto_created=True)
        if model not in NOT_OF_THE_DOMAIN
    }
