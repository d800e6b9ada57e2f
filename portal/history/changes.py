"""The differences between versions, in words: names for keys, labels for fields."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import models
from django.utils import formats, timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.history.snapshot import (
    Snapshot,
    is_tracked,
    newest_rows,
    object_name,
    tracked_fields,
    tracked_relations,
)


@dataclass(frozen=True)
class FieldChange:
    """One field's value before and after, as people read it; "" is no value."""

    name: str
    label: str
    old: str
    new: str


def target_of(field: models.Field) -> type[models.Model] | None:
    """The model that a foreign key points at; None for any other field."""
    return field.remote_field.model if field.remote_field else None


class NameBook:
    """The names behind foreign keys, looked up for many versions at once.

    A row that is gone is named as its last version was.
    """

    def __init__(self, snapshots: Iterable[Snapshot]) -> None:
        wanted: dict[type[models.Model], set[Any]] = defaultdict(set)
        for snapshot in snapshots:
            for field in tracked_fields(snapshot.model):
                target = target_of(field)
                if target and snapshot.values.get(field.attname) is not None:
                    wanted[target].add(snapshot.values[field.attname])
        self._names = {
            model: self._look_up(model, pks) for model, pks in wanted.items()
        }

    def name(self, model: type[models.Model], pk: Any) -> str:
        return self._names.get(model, {}).get(pk) or _("no. %s (gone)") % pk

    def _look_up(self, model: type[models.Model], pks: set[Any]) -> dict[Any, str]:
        live = {o.pk: str(o) for o in model._base_manager.filter(pk__in=pks)}
        gone = pks - set(live)
        if not gone or not is_tracked(model):
            return live
        last = newest_rows(model, gone)
        return live | {pk: _("%s (gone)") % object_name(r) for pk, r in last.items()}


def field_changes(
    old: Snapshot | None, new: Snapshot | None, names: NameBook
) -> list[FieldChange]:
    """What differs between two states of one object; None is «not there»."""
    some = old or new
    if some is None:
        return []
    changes = [
        *_value_changes(some.model, old, new, names),
        *_relation_changes(some.model, old, new),
    ]
    return [change for change in changes if change.old != change.new]


def _value_changes(
    model: type[models.Model],
    old: Snapshot | None,
    new: Snapshot | None,
    names: NameBook,
) -> Iterable[FieldChange]:
    for field in tracked_fields(model):
        if field.primary_key:
            continue
        values = [side and side.values.get(field.attname) for side in (old, new)]
        if None in (old, new) and not any(values):
            # Of a new or deleted object, the switches that are off tell nothing.
            continue
        before, after = (readable(field, value, names) for value in values)
        yield FieldChange(field.name, label_of(field), before, after)


def _relation_changes(
    model: type[models.Model], old: Snapshot | None, new: Snapshot | None
) -> Iterable[FieldChange]:
    for relation in tracked_relations(model):
        before, after = (
            side.relations.get(relation.name, []) if side else [] for side in (old, new)
        )
        if [pk for pk, _name in before] != [pk for pk, _name in after]:
            yield FieldChange(
                relation.name, label_of(relation), listed(before), listed(after)
            )


def label_of(field: models.Field) -> str:
    return str(capfirst(field.verbose_name))


def listed(pairs: list[list[Any]]) -> str:
    """The related objects by the names that they had."""
    return ", ".join(sorted(str(name) for _pk, name in pairs))


def readable(field: models.Field, value: Any, names: NameBook) -> str:
    """A field's stored value as text for people."""
    if value is None or value == "":
        return ""
    if target := target_of(field):
        return names.name(target, value)
    if field.flatchoices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, datetime):
        return formats.date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, date):
        return formats.date_format(value, "DATE_FORMAT")
    return str(value)
