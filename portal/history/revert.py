"""Back to an earlier state: of one object, of a change set, or of what was deleted.

Each way makes one `Plan` (see `portal.history.steps`), which is looked at first and
then carried out by `portal.history.writing`.
"""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched
from typing import Any

from django.db import models
from django.db.models import prefetch_related_objects

from portal.history.acts import BATCH
from portal.history.changes import NameBook, field_changes
from portal.history.obstacles import find_obstacles
from portal.history.snapshot import (
    current_snapshots,
    history_model_of,
    newest_rows,
    owner_field,
    snapshot_of_row,
    tracked_models,
)
from portal.history.steps import Kept, Plan, Step
from portal.history.story import (
    CREATED,
    DELETED,
    object_name,
    previous_rows,
    with_neighbours,
)
from portal.models import ChangeSet


def plan_revert(row: Any) -> Plan | None:
    """Back to the version `row` of one object; None if the object is gone."""
    model, pk = row.instance_type, pk_of(row)
    newest = newest_rows(model, [pk]).get(pk)
    now = current_snapshots(model, [pk]).get(pk)
    if now is None or newest is None:
        return None
    step = Step(model, pk, newest, now, snapshot_of_row(row), version=row)
    return _plan([step], [])


def plan_change_set(change_set: ChangeSet) -> Plan:
    """Back to before `change_set`, for each object that nobody changed since."""
    steps: list[Step] = []
    kept: list[tuple[Any, Any]] = []
    for model in tracked_models():
        rows = history_model_of(model)._base_manager.filter(change_set=change_set)
        for some in batched(with_neighbours(rows), BATCH):
            newest = newest_rows(model, [pk_of(row) for row in some])
            back, changed = _split(some, newest)
            steps += _steps_back(model, back, newest)
            kept += changed
    return _plan(steps, kept)


def plan_restore(rows: Iterable[Any]) -> Plan:
    """Bring back what these rows, each the newest of its object, say is deleted.

    The rows must know their neighbours (see `portal.history.story`).
    """
    by_model: dict[type[models.Model], list[Any]] = defaultdict(list)
    for row in rows:
        by_model[row.instance_type].append(row)
    for part in tracked_models():
        owner = owner_field(part)
        if owner and by_model.get(owner.related_model):
            wholes = by_model[owner.related_model]
            by_model[part] += _parts_of(part, owner, wholes)
    steps: list[Step] = []
    for model, its_rows in by_model.items():
        newest = {pk_of(row): row for row in its_rows}
        steps += _steps_back(model, its_rows, newest)
    return _plan(steps, [])


def pk_of(row: Any) -> Any:
    """The key of the object whose version `row` is."""
    return getattr(row, row.instance_type._meta.pk.attname)


def undone_by(row: Any) -> ChangeSet | None:
    """The change set right after the version, when it is the only one undone."""
    same = {row.instance_type._meta.pk.attname: pk_of(row)}
    later = type(row)._base_manager.filter(**same, history_id__gt=row.history_id)
    first_two = later.order_by("history_id")[:2]
    return first_two[0].change_set if len(first_two) == 1 else None


def _split(
    rows: Iterable[Any], newest: dict[Any, Any]
) -> tuple[list[Any], list[tuple[Any, Any]]]:
    """The rows whose objects are as they left them, and the others with the newest.

    What was changed since and then changed back is as it was left.
    """
    back, changed = [], []
    for row in rows:
        last = newest[pk_of(row)]
        if _is_same(row, last):
            back.append(row)
        else:
            changed.append((row, last))
    prefetch_related_objects([last for _row, last in changed], "change_set")
    return back, changed


def _is_same(row: Any, newest: Any) -> bool:
    one, other = snapshot_of_row(row), snapshot_of_row(newest)
    return one.is_deletion == other.is_deletion and (
        one.is_deletion or one.same_as(other)
    )


def _parts_of(part: type[models.Model], owner: Any, wholes: list[Any]) -> list[Any]:
    """The rows of the parts that were deleted together with these objects."""
    sets = {pk_of(row): row.change_set_id for row in wholes}
    history = history_model_of(part)._base_manager
    gone = with_neighbours(history.filter(history_type=DELETED))
    return [
        row
        for some in batched(sets, BATCH)
        for row in gone.filter(**{f"{owner.attname}__in": some})
        if row.change_set_id == sets[getattr(row, owner.attname)]
    ]


def _steps_back(
    model: type[models.Model], rows: list[Any], newest: dict[Any, Any]
) -> list[Step]:
    """Back to before each of these rows, in whose state their objects are."""
    now = current_snapshots(model, [pk_of(row) for row in rows])
    before = previous_rows(row for row in rows if row.history_type != CREATED)
    steps = []
    for row in rows:
        # Not the state at its deletion: the act may have changed it just before.
        version = before.get((type(row), row.previous_id))
        steps.append(
            Step(
                model=model,
                pk=pk_of(row),
                newest=newest[pk_of(row)],
                now=now.get(pk_of(row)),
                target=snapshot_of_row(version) if version is not None else None,
                version=version,
            )
        )
    return steps


def _plan(steps: list[Step], changed_since: list[tuple[Any, Any]]) -> Plan:
    """With every difference in words, and what the data has against it."""
    pairs = [(_state(mine), _state(newest)) for mine, newest in changed_since]
    states = [state for step in steps for state in (step.now, step.target)]
    states += [state for pair in pairs for state in pair]
    names = NameBook(state for state in states if state is not None)
    for step in steps:
        step.changes = field_changes(step.now, step.target, names)
    kept = [
        Kept(
            model=mine.instance_type,
            pk=pk_of(mine),
            name=object_name(newest),
            newest=newest,
            changes=field_changes(*pair, names),
        )
        for (mine, newest), pair in zip(changed_since, pairs, strict=True)
    ]
    plan = Plan(steps, kept)
    find_obstacles(plan)
    return plan


def _state(row: Any) -> Any:
    return None if row.history_type == DELETED else snapshot_of_row(row)
