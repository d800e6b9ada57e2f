"""What happened to an object, or in a change set, as the history pages show it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import reduce
from operator import or_
from typing import Any

from django.db import models
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery
from django.utils.text import capfirst

from portal.history.changes import FieldChange, NameBook, field_changes
from portal.history.masking import masked
from portal.history.snapshot import object_name, snapshot_of_row
from portal.models import ChangeSet

CREATED, CHANGED, DELETED = "+", "~", "-"


@dataclass(frozen=True)
class ObjectChange:
    """What one change set did to one object."""

    row: Any
    model: type[models.Model]
    pk: Any
    name: str
    changes: list[FieldChange]

    @property
    def kind(self) -> str:
        """`create`, `update` or `delete`: also the badge's variant."""
        kinds = {CREATED: "create", CHANGED: "update", DELETED: "delete"}
        return kinds[self.row.history_type]

    @property
    def model_label(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))

    @property
    def model_name(self) -> str:
        return self.model._meta.model_name or ""


@dataclass
class Entry:
    """One change set and the objects that it changed, as far as they are asked for."""

    change_set: ChangeSet
    objects: list[ObjectChange] = field(default_factory=list)


def change_sets_of(sources: Iterable[QuerySet]) -> QuerySet[ChangeSet]:
    """The change sets, newest first, that hold any of these history rows."""
    conditions = [Q(pk__in=rows.order_by().values("change_set")) for rows in sources]
    return ChangeSet.objects.filter(reduce(or_, conditions)).order_by("-pk")


def entries_of(
    change_sets: Iterable[ChangeSet], sources: Iterable[QuerySet], user: Any
) -> list[Entry]:
    """These change sets with what they did to the objects in `sources`.

    Values that `user` may not see are masked; whose rows these are, is the caller's to
    choose. The number of queries depends on the number of sources alone.
    """
    entries = {made.pk: Entry(made) for made in change_sets}
    rows = [row for source in sources for row in _rows_in(source, entries)]
    before = previous_rows(rows)
    states = {
        id(row): (
            snapshot_of_row(before[type(row), row.previous_id])
            if row.previous_id and row.history_type != CREATED
            else None,
            snapshot_of_row(row),
        )
        for row in rows
    }
    names = NameBook(s for pair in states.values() for s in pair if s is not None)
    for row in rows:
        change = _object_change(row, states, names, user)
        entries[row.change_set_id].objects.append(change)
    return list(entries.values())


def _rows_in(source: QuerySet, entries: dict[int, Entry]) -> Iterable[Any]:
    return with_neighbours(source.filter(change_set__in=list(entries)))


def with_neighbours(source: QuerySet) -> QuerySet:
    """These rows, oldest first, each knowing which versions are around it."""
    history = source.model
    pk_name = history.instance_type._meta.pk.attname
    same = history._base_manager.filter(**{pk_name: OuterRef(pk_name)})
    previous = same.filter(history_id__lt=OuterRef("history_id")).order_by(
        "-history_id"
    )
    later = same.filter(history_id__gt=OuterRef("history_id"))
    return source.annotate(
        previous_id=Subquery(previous.values("history_id")[:1]),
        has_later=Exists(later),
    ).order_by("history_id")


def previous_rows(rows: Iterable[Any]) -> dict[tuple[type, int], Any]:
    """The version before each of these rows, which `with_neighbours` found."""
    wanted: dict[Any, set[int]] = defaultdict(set)
    for row in rows:
        if row.previous_id:
            wanted[type(row)].add(row.previous_id)
    return {
        (history, row.history_id): row
        for history, ids in wanted.items()
        for row in history._base_manager.filter(history_id__in=ids)
    }


def _object_change(
    row: Any, states: dict[int, Any], names: NameBook, user: Any
) -> ObjectChange:
    old, new = states[id(row)]
    if row.history_type == DELETED:
        old, new = new, None
    model = row.instance_type
    return ObjectChange(
        row=row,
        model=model,
        pk=getattr(row, model._meta.pk.attname),
        name=object_name(row),
        changes=masked(
            field_changes(old, new, names),
            model,
            user,
            was_there=row.history_type != CREATED,
            is_there=row.history_type != DELETED,
        ),
    )
