"""One field's whole history: the versions that changed it, and its value now."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Field, Model, QuerySet
from django.utils.text import capfirst

from portal.access import HIDDEN, hidden_fields
from portal.history.changes import NameBook, label_of, listed, readable
from portal.history.points import live_states
from portal.history.snapshot import tracked_fields, tracked_relations
from portal.history.story import CHANGED, DELETED, Entry, entries_of
from portal.models import ChangeSet


@dataclass(frozen=True)
class TrackedField:
    """A field or a relation of a tracked model; `key` names it in addresses."""

    model: type[Model]
    name: str

    @property
    def field(self) -> Field:
        return self.model._meta.get_field(self.name)  # type: ignore[return-value]

    @property
    def key(self) -> str:
        return f"{self.model._meta.model_name}.{self.name}"

    @property
    def label(self) -> str:
        return label_of(self.field)

    @property
    def model_label(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))

    def is_hidden_from(self, user: Any) -> bool:
        return self.name in hidden_fields(user, self.model)


def field_named(key: str, models: Iterable[type[Model]]) -> TrackedField | None:
    """The tracked field of one of these models with that key."""
    for model in models:
        for field in [*tracked_fields(model), *tracked_relations(model)]:
            found = TrackedField(model, field.name)
            if found.key == key and not field.primary_key:
                return found
    return None


def versions_that_changed(
    field: TrackedField, source: QuerySet, *, is_hidden: bool = False
) -> list[int]:
    """The ids of the history rows that changed the field, newest first.

    With `is_hidden`, whatever came or went counts: else who may not see the value
    would be told whether there was one. One query over the versions of one object, and
    of them this field alone.
    """
    pk_name = field.model._meta.pk.attname
    is_relation = field.field.many_to_many
    value = f"relations__{field.name}" if is_relation else field.field.attname
    rows = source.order_by("history_id").values_list(
        "history_id", pk_name, "history_type", value
    )
    before: dict[Any, Any] = {}
    found = []
    for history_id, pk, kind, stored in rows.iterator():
        # A related object's new name is no change.
        now = [each for each, _name in stored or ()] if is_relation else stored
        was_there = kind == CHANGED and pk in before
        if now != before[pk] if was_there else now or is_hidden:
            found.append(history_id)
        if kind == DELETED:
            before.pop(pk, None)
        else:
            before[pk] = now
    return found[::-1]


def field_entries(
    field: TrackedField, source: QuerySet, history_ids: Iterable[int], user: Any
) -> list[Entry]:
    """What these versions did to the field, newest first, and to nothing else."""
    rows = source.filter(history_id__in=list(history_ids))
    made = ChangeSet.objects.filter(pk__in=rows.order_by().values("change_set"))
    entries = entries_of(made.order_by("-pk"), [rows], user)
    for entry in entries:
        entry.objects = [
            replace(
                each, changes=[one for one in each.changes if one.name == field.name]
            )
            for each in entry.objects
        ]
    return entries


def value_now(field: TrackedField, source: QuerySet, user: Any) -> str:
    """The live value as people read it; "" is no value."""
    if field.is_hidden_from(user):
        return HIDDEN
    states = list(live_states([source]).values())
    if not states:
        return ""
    if field.field.many_to_many:
        return listed(states[0].relations[field.name])
    value = states[0].values[field.field.attname]
    return readable(field.field, value, NameBook(states))
