"""History as rows for spreadsheets and as lines of JSON, in little memory.

A change set of any size is read in pieces; many small ones are read together.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import batched
from typing import Any

from django.db.models import Model, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from portal.history.changes import FieldChange
from portal.history.partly import size_of
from portal.history.story import ObjectChange, entries_of
from portal.history.viewing import rows_of, viewable_models
from portal.history.words import describe
from portal.models import ChangeSet

EXPORT_HISTORY = "portal.export_history"
# Change sets, and history rows, that are read at once.
BATCH = 200
ROWS = 1000

COLUMNS = (
    _("Change set"),
    _("When"),
    _("Who"),
    _("How"),
    _("What"),
    _("Reason"),
    _("Kind of object"),
    _("Object no."),
    _("Object"),
    _("Change"),
    _("Field"),
    _("Before"),
    _("After"),
)
KINDS = {"create": _("created"), "update": _("changed"), "delete": _("deleted")}


@dataclass(frozen=True)
class Told:
    """One changed object of a change set; None, when it changed nothing."""

    change_set: ChangeSet
    line: str
    change: ObjectChange | None


@dataclass(frozen=True)
class Scope:
    """Whose history to tell: that of the models, and of one field if it is named.

    To `user`, as far as the right to export reaches too.
    """

    user: Any
    models: Sequence[type[Model]]
    field: str = ""

    def rows(self, model: type[Model]) -> QuerySet:
        return rows_of(self.user, model, [EXPORT_HISTORY])

    @classmethod
    def of(cls, user: Any, model: str = "", field: str = "") -> "Scope":
        """What `user` may view of a model, «app.model», or of an «app.model.field»."""
        label, _dot, name = field.rpartition(".")
        labels = {each for each in (model, label) if each}
        models = [
            each for each in viewable_models(user) if labels <= {each._meta.label_lower}
        ]
        return cls(user, models, name)


def told(change_sets: QuerySet[ChangeSet], scope: Scope) -> Iterator[Told]:
    """Every changed object in these change sets, newest first."""
    for batch in batched(change_sets.iterator(BATCH), BATCH):
        lines = describe(batch, scope.user)
        for some in _together(batch):
            changes = _changes_of(some, scope)
            for change_set in some:
                found = False
                for change in changes(change_set):
                    found = True
                    yield Told(change_set, lines[change_set.pk], change)
                if not found and not scope.field:
                    yield Told(change_set, lines[change_set.pk], None)


def _together(batch: Iterable[ChangeSet]) -> Iterator[list[ChangeSet]]:
    """The batch in order, cut where too many rows would come together."""
    some: list[ChangeSet] = []
    size = 0
    for made in batch:
        if some and size + size_of(made) > ROWS:
            yield some
            some, size = [], 0
        some.append(made)
        size += size_of(made)
    if some:
        yield some


def _changes_of(some: list[ChangeSet], scope: Scope) -> Any:
    if len(some) == 1:
        return lambda made: _in_pieces(made, scope)
    sources = [scope.rows(model).filter(change_set__in=some) for model in scope.models]
    found = entries_of(some, sources, scope.user)
    entries = {entry.change_set.pk: entry for entry in found}
    return lambda made: _within(entries[made.pk].objects, scope)


def _in_pieces(made: ChangeSet, scope: Scope) -> Iterator[ObjectChange]:
    for model in scope.models:
        seen = scope.rows(model)
        rows = seen.filter(change_set=made).order_by("history_id")
        last = 0
        while keys := list(
            rows.filter(history_id__gt=last).values_list("history_id", flat=True)[:ROWS]
        ):
            its = [seen.filter(history_id__in=keys)]
            [entry] = entries_of([made], its, scope.user)
            yield from _within(entry.objects, scope)
            last = keys[-1]


def _within(changes: Iterable[ObjectChange], scope: Scope) -> Iterator[ObjectChange]:
    for change in changes:
        if not scope.field or any(f.name == scope.field for f in change.changes):
            yield change


def sheet_rows(found: Iterable[Told], scope: Scope) -> Iterator[list[str]]:
    """One row for each changed field, its cells in the order of `COLUMNS`."""
    for each in found:
        head = _head(each)
        if each.change is None:
            yield [*head, *[""] * (len(COLUMNS) - len(head))]
            continue
        about = _about(each.change)
        fields = _fields(each.change, scope)
        for change in fields:
            yield [*head, *about, change.label, change.old, change.new]
        if not fields:
            yield [*head, *about, "", "", ""]


def _head(each: Told) -> list[str]:
    made = each.change_set
    return [
        str(made.pk),
        timezone.localtime(made.started_at).isoformat(sep=" ", timespec="seconds"),
        made.actor_label,
        str(made.get_kind_display()),
        each.line,
        made.reason,
    ]


def _about(change: ObjectChange) -> list[str]:
    return [
        change.model_label,
        str(change.pk),
        change.name,
        str(KINDS[change.kind]),
    ]


def _fields(change: ObjectChange, scope: Scope) -> list[FieldChange]:
    return [f for f in change.changes if scope.field in ("", f.name)]


def json_lines(found: Iterable[Told], scope: Scope) -> Iterator[bytes]:
    """One line for each changed object; times in UTC."""
    for each in found:
        yield json.dumps(_as_json(each, scope), ensure_ascii=False).encode() + b"\n"


def _as_json(each: Told, scope: Scope) -> dict[str, Any]:
    made = each.change_set
    content: dict[str, Any] = {
        "change_set": made.pk,
        "at": made.started_at.isoformat(),
        "actor_id": made.actor_id,
        "actor": made.actor_name,
        "kind": made.kind,
        "what": each.line,
        "reason": made.reason,
        "is_sensitive": made.is_sensitive,
    }
    if each.change is not None:
        change = each.change
        content |= {
            "model": change.model._meta.label_lower,
            "id": change.pk,
            "name": change.name,
            "change": change.kind,
            "fields": {
                f.name: {"label": f.label, "old": f.old, "new": f.new}
                for f in _fields(change, scope)
            },
        }
    return content
