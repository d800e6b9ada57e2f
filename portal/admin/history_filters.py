"""What the History page can be narrowed to; each costs an index, not a scan."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.contrib import admin
from django.contrib.auth import get_user_model
from django.db.models import Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import (
    DropdownFilter,
    MultipleDropdownFilter,
    TextFilter,
)

from portal import access
from portal.fields import normalize_line
from portal.history.changed_rows import rows_that_changed
from portal.history.snapshot import tracked_fields, tracked_relations
from portal.history.viewing import rows_of, viewable_models
from portal.history.words import field_label
from portal.models import ChangeCount, ChangeSet

SYSTEM = "system"
BY_COUNTS = ("-counts__change_set_id",)


class ActorFilter(TextFilter):
    """A username, as it is now or was then; «system» for what nobody signed for."""

    title = _("actor’s username")
    parameter_name = "actor"

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        name = normalize_line((self.value() or "").replace("\0", " "))
        if not name:
            return queryset
        if name.lower() == SYSTEM:
            return queryset.filter(actor_id=None)
        return queryset.filter(actor_id__in={*_keys_now(name), *_keys_then(name)})


class KindFilter(MultipleDropdownFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ChangeSet.Kind.choices)

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        kinds = [kind for kind in self.value() or () if kind]
        return queryset.filter(kind__in=kinds) if kinds else queryset


class ObjectFilter(DropdownFilter):
    title = _("kind of object")
    parameter_name = "object"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            (model._meta.label_lower, capfirst(model._meta.verbose_name_plural))
            for model in viewable_models(request.user)
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        found = counted(queryset, str(self.value()), "")
        return with_seen_change(found, request.user, str(self.value()))


class FieldFilter(DropdownFilter):
    """Changes of one field; one that gives rights, at creation and deletion too."""

    title = _("field")
    parameter_name = "field"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(_fields(request.user))

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        label, name = str(self.value()).rsplit(".", 1)
        found = counted(queryset, label, name)
        return with_seen_change(found, request.user, label, name)


class SensitiveFilter(DropdownFilter):
    title = _("sensitivity")
    parameter_name = "sensitive"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Only sensitive")), ("no", _("Only others"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in ("yes", "no"):
            return queryset
        return queryset.filter(is_sensitive=self.value() == "yes")


class ReviewFilter(DropdownFilter):
    title = _("review")
    parameter_name = "review"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("open", _("Not yet reviewed")),
            ("flagged", _("Flagged")),
            ("reviewed", _("Reviewed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        if self.value() not in dict(self.lookup_choices):
            return queryset
        found = getattr(ChangeSet.objects, str(self.value()))()
        return queryset.filter(pk__in=found.order_by().values("pk"))


def _keys_now(username: str) -> Iterator[int]:
    people = get_user_model()._default_manager.alias(folded_name=Lower("username"))
    found = people.filter(folded_name=Lower(Value(username)))
    yield from found.values_list("pk", flat=True)


def _keys_then(username: str) -> Iterator[int]:
    """Whoever acted under that name, found by one look into an index for each.

    DISTINCT would read all that they did.
    """
    then = ChangeSet.objects.alias(folded_name=Lower("actor_name"))
    found = then.filter(folded_name=Lower(Value(username))).order_by("actor_id")
    last = -1
    while made := found.filter(actor_id__gt=last).first():
        last = made.actor_id or 0
        yield last


def counted(queryset: QuerySet, model: str, field: str) -> QuerySet:
    """Those that changed it, in the order of the counts' index, which has it all.

    A second such filter only looks whether the counts are there.
    """
    if queryset.query.order_by == BY_COUNTS:
        there = ChangeCount.objects.filter(
            change_set=OuterRef("pk"), model=model, field=field
        )
        return queryset.filter(Exists(there))
    joined = queryset.filter(counts__model=model, counts__field=field)
    return joined.order_by(*BY_COUNTS)


def with_seen_change(
    queryset: QuerySet, user: Any, label: str, field: str = ""
) -> QuerySet:
    """Those of `counted` where what `user` sees of it was changed; counts know all."""
    model = apps.get_model(label)
    if access.visible_rows(user, model) is None:
        return queryset
    rows = rows_of(user, model).filter(change_set=OuterRef("pk"))
    changed = rows_that_changed(rows, field) if field else rows
    return queryset.filter(Exists(changed))


def _fields(user: Any) -> Iterator[tuple[str, str]]:
    for model in viewable_models(user):
        label = model._meta.label_lower
        for each in (*tracked_fields(model), *tracked_relations(model)):
            if not getattr(each, "primary_key", False):
                text = _t("%(object)s: %(field)s") % {
                    "object": capfirst(model._meta.verbose_name),
                    "field": field_label(label, each.name),
                }
                yield f"{label}.{each.name}", text


FILTERS: tuple[type[admin.SimpleListFilter], ...] = (
    ActorFilter,
    KindFilter,
    ObjectFilter,
    FieldFilter,
    SensitiveFilter,
    ReviewFilter,
)
