"""An object and its parts as they were at a moment, in words."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.text import capfirst

from portal.access import HIDDEN, hidden_fields
from portal.history.changes import NameBook, label_of, listed, readable
from portal.history.points import at, versions
from portal.history.snapshot import (
    Snapshot,
    history_model_of,
    is_tracked,
    owner_field,
    snapshot_of_row,
    tracked_fields,
    tracked_relations,
)
from portal.history.story import CREATED, DELETED, object_name


class NamesAt(NameBook):
    """The names behind foreign keys as they were at a moment, where that is known."""

    def __init__(self, snapshots: Iterable[Snapshot], moment: datetime) -> None:
        self._moment = moment
        super().__init__(snapshots)

    def _look_up(self, model: type[models.Model], pks: set[Any]) -> dict[Any, str]:
        if not is_tracked(model):
            return super()._look_up(model, pks)
        rows = history_model_of(model)._base_manager.filter(
            **{f"{model._meta.pk.attname}__in": pks}
        )
        then = {
            pk: object_name(row)
            for (_model, pk), row in versions([rows], at(self._moment)).items()
        }
        lacking = pks - set(then)
        return then | (super()._look_up(model, lacking) if lacking else {})


@dataclass(frozen=True)
class Fact:
    """One field's value at a moment, as people read it; "" is no value."""

    label: str
    value: str


@dataclass(frozen=True)
class PartThen:
    """One object of a story as it was at a moment, or why there is nothing."""

    model: type[models.Model]
    row: Any = None
    facts: list[Fact] = field(default_factory=list)
    # The oldest version that is left, when it is younger than the moment.
    first: Any = None

    @property
    def model_label(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))

    @property
    def name(self) -> str:
        return object_name(self.row)

    @property
    def state(self) -> str:
        """`there`, `deleted`, `not yet`, or `unknown`: older history was dropped."""
        if self.row is not None:
            return "deleted" if self.row.history_type == DELETED else "there"
        is_unknown = self.first is not None and self.first.history_type != CREATED
        return "unknown" if is_unknown else "not yet"


def parts_at(
    sources: Iterable[QuerySet], moment: datetime, user: Any
) -> list[PartThen]:
    """Each object of the story that was there then; of each kind at least one."""
    parts = []
    for source in sources:
        rows = list(versions([source], at(moment)).values())
        there = [row for row in rows if row.history_type != DELETED]
        names = NamesAt(map(snapshot_of_row, there), moment)
        model = source.model.instance_type
        if rows:
            # Of several that were deleted before, the last one.
            shown = there or rows[-1:]
            parts += [PartThen(model, row, _facts(row, names, user)) for row in shown]
        else:
            first = source.select_related("change_set").order_by("history_id").first()
            parts.append(PartThen(model, first=first))
    return parts


def _facts(row: Any, names: NameBook, user: Any) -> list[Fact]:
    state = snapshot_of_row(row)
    owner = owner_field(state.model)
    hidden = hidden_fields(user, state.model)
    facts = [
        Fact(
            label_of(each),
            HIDDEN
            if each.name in hidden
            else readable(each, state.values[each.attname], names),
        )
        for each in tracked_fields(state.model)
        # The whole stands beside its part.
        if not each.primary_key and (owner is None or each.name != owner.name)
    ]
    facts += [
        Fact(label_of(each), listed(state.relations.get(each.name, [])))
        for each in tracked_relations(state.model)
    ]
    return facts
