"""Plans back for one field, and for an object together with its parts."""

from typing import Any

from django.db import models
from django.utils.translation import gettext as _

from portal.history.changes import NameBook, field_changes
from portal.history.field_story import TrackedField, versions_that_changed
from portal.history.obstacles import find_obstacles
from portal.history.points import after, sources_of, versions
from portal.history.revert import pk_of
from portal.history.snapshot import (
    Snapshot,
    current_snapshots,
    newest_rows,
    snapshot_of_row,
)
from portal.history.steps import Plan, Step
from portal.history.story import DELETED, change_sets_of
from portal.models import ChangeSet


def plan_field(row: Any, field: TrackedField) -> Plan | None:
    """The field back to its value in the version `row`; None if the object is gone."""
    model, pk = row.instance_type, pk_of(row)
    newest = newest_rows(model, [pk]).get(pk)
    now = current_snapshots(model, [pk]).get(pk)
    if now is None or newest is None:
        return None
    then = snapshot_of_row(row)
    target = Snapshot(model, {**now.values}, {**now.relations})
    if field.field.many_to_many:
        target.relations[field.name] = then.relations.get(field.name, [])
    else:
        target.values[field.field.attname] = then.values[field.field.attname]
    return _plan([Step(model, pk, newest, now, target, version=row)])


def plan_point(obj: models.Model, change_set: ChangeSet) -> Plan | None:
    """The object and its parts back to how they were after `change_set`.

    None if the object itself was not there then. A part that was not is left alone: it
    comes and goes with its whole.
    """
    sources = sources_of(obj)
    if not _states(sources[0], change_set):
        return None
    steps: list[Step] = []
    for source in sources:
        model, then = source.model.instance_type, _states(source, change_set)
        keys = source.order_by().values_list(model._meta.pk.attname, flat=True)
        pks = sorted(set(keys))
        newest, now = newest_rows(model, pks), current_snapshots(model, pks)
        for pk in pks:
            row = then.get(pk)
            target = snapshot_of_row(row) if row else None
            steps.append(Step(model, pk, newest[pk], now.get(pk), target, version=row))
    plan = _plan(steps)
    for step in plan.steps:
        if step.kind == "delete":
            step.problems = [_("It was not there then. It stays as it is.")]
    return plan


def _states(source: models.QuerySet, change_set: ChangeSet) -> dict[Any, Any]:
    """The version after the change set of each object that was there."""
    return {
        pk: row
        for (_model, pk), row in versions([source], after(change_set)).items()
        if row.history_type != DELETED
    }


def undone_since(obj: models.Model, change_set: ChangeSet) -> ChangeSet | None:
    """The change set after this one, when it is the only one that is undone."""
    later = change_sets_of(sources_of(obj)).filter(pk__gt=change_set.pk)
    return _only(later)


def field_undone(row: Any, field: TrackedField) -> ChangeSet | None:
    """The change of the field since `row`, when it is the only one that is undone."""
    history = type(row)._base_manager
    source = history.filter(**{row.instance_type._meta.pk.attname: pk_of(row)})
    later = [n for n in versions_that_changed(field, source) if n > row.history_id]
    rows = source.filter(history_id__in=later[:2]).order_by()
    return _only(ChangeSet.objects.filter(pk__in=rows.values("change_set")))


def _only(change_sets: models.QuerySet[ChangeSet]) -> ChangeSet | None:
    first_two = change_sets[:2]
    return first_two[0] if len(first_two) == 1 else None


def _plan(steps: list[Step]) -> Plan:
    """What differs of it, in words, and what the data has against it."""
    states = [state for step in steps for state in (step.now, step.target)]
    names = NameBook(state for state in states if state is not None)
    for step in steps:
        step.changes = field_changes(step.now, step.target, names)
    plan = Plan([step for step in steps if step.changes])
    find_obstacles(plan)
    return plan
