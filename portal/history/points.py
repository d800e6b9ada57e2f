"""An object and its parts at points of their story, and what differs between two."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import models
from django.db.models import Max, Q, QuerySet
from django.utils.text import capfirst

from portal.history.changes import FieldChange, NameBook, field_changes
from portal.history.masking import masked
from portal.history.snapshot import (
    Snapshot,
    current_snapshots,
    history_model_of,
    owner_field,
    snapshot_of_row,
    tracked_models,
)
from portal.history.steps import Key
from portal.history.story import DELETED, change_sets_of
from portal.models import ChangeSet

DIGITS = 18


def after(change_set: ChangeSet) -> Q:
    return Q(change_set__lte=change_set)


def at(moment: datetime) -> Q:
    return Q(history_date__lte=moment)


def point_named(text: str, sources: Iterable[QuerySet]) -> ChangeSet | None:
    """The change set of this story with that number; None if it is not one of it."""
    if not text.isdecimal() or len(text) > DIGITS:
        return None
    return change_sets_of(sources).filter(pk=int(text)).first()


def sources_of(obj: models.Model) -> list[QuerySet]:
    """The history rows of an object and of its parts, whoever may view them."""
    model = type(obj)
    own = {model._meta.pk.attname: obj.pk}
    sources = [history_model_of(model)._base_manager.filter(**own)]
    for part in tracked_models():
        owner = owner_field(part)
        if owner and owner.related_model is model:
            rows = history_model_of(part)._base_manager
            sources.append(rows.filter(**{owner.attname: obj.pk}))
    return sources


def versions(sources: Iterable[QuerySet], until: Q) -> dict[Key, Any]:
    """The newest history row up to then of each object; a deletion is one too."""
    found: dict[Key, Any] = {}
    for source in sources:
        model = source.model.instance_type
        pk_name = model._meta.pk.attname
        newest = source.filter(until).order_by().values(pk_name)
        newest = newest.annotate(newest=Max("history_id")).values("newest")
        rows = source.model._base_manager.filter(history_id__in=newest)
        for row in rows.select_related("change_set").order_by("history_id"):
            found[model, getattr(row, pk_name)] = row
    return found


def live_states(sources: Iterable[QuerySet]) -> dict[Key, Snapshot]:
    """The state now of each object of the story that is there."""
    found: dict[Key, Snapshot] = {}
    for source in sources:
        model = source.model.instance_type
        pks = source.order_by().values_list(model._meta.pk.attname, flat=True)
        for pk, state in current_snapshots(model, pks.distinct()).items():
            found[model, pk] = state
    return found


@dataclass(frozen=True)
class Difference:
    """What differs about one object between two points."""

    model: type[models.Model]
    changes: list[FieldChange]

    @property
    def model_label(self) -> str:
        return str(capfirst(self.model._meta.verbose_name))

    @property
    def model_name(self) -> str:
        return self.model._meta.model_name or ""


def differences(
    sources: list[QuerySet], one: ChangeSet, other: ChangeSet | None, user: Any
) -> list[Difference]:
    """From after `one` to after `other`, or to now when that is None.

    Values that `user` may not see are masked.
    """
    old = _states_after(sources, one)
    new = live_states(sources) if other is None else _states_after(sources, other)
    names = NameBook([*old.values(), *new.values()])
    found = [
        Difference(
            key[0],
            masked(
                field_changes(old.get(key), new.get(key), names),
                key[0],
                user,
                was_there=key in old,
                is_there=key in new,
            ),
        )
        for key in {**old, **new}
    ]
    return [difference for difference in found if difference.changes]


def _states_after(
    sources: Iterable[QuerySet], change_set: ChangeSet
) -> dict[Key, Snapshot]:
    return {
        key: snapshot_of_row(row)
        for key, row in versions(sources, after(change_set)).items()
        if row.history_type != DELETED
    }
