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
from django.utils.translation import gettext as _

from portal.history.acts import BATCH
from portal.history.changes import NameBook, field_changes
from portal.history.obstacles import Around, find_obstacles
from portal.history.snapshot import (
    Snapshot,
    current_snapshots,
    history_model_of,
    newest_rows,
    owner_field,
    snapshot_of_row,
    tracked_models,
)
from portal.history.sources import Run, Source, pk_of
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
    return finish_plan([step], [])


def plan_source(source: Source) -> Plan:
    """Back to before all of the source, for each object that nobody else changed."""
    steps: list[Step] = []
    kept: list[tuple[Any, Any]] = []
    for model in tracked_models():
        for runs in source.runs(model):
            its_steps, its_kept = trace_back(model, runs)
            steps += its_steps
            kept += its_kept
    return finish_plan(steps, kept)


def trace_back(
    model: type[models.Model], runs: list[Run]
) -> tuple[list[Step], list[tuple[Any, Any]]]:
    """The steps back, and of what was changed since the pairs (then, now)."""
    newest = newest_rows(model, [run.pk for run in runs])
    back, changed = _split(runs, newest)
    return _steps_back(model, back, newest), changed


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
        runs = [Run(first=row, last=row) for row in its_rows]
        steps += _steps_back(model, runs, newest)
    return finish_plan(steps, [])


def undone_by(row: Any) -> ChangeSet | None:
    """The change set right after the version, when it is the only one undone."""
    same = {row.instance_type._meta.pk.attname: pk_of(row)}
    later = type(row)._base_manager.filter(**same, history_id__gt=row.history_id)
    first_two = later.order_by("history_id")[:2]
    return first_two[0].change_set if len(first_two) == 1 else None


def _split(
    runs: Iterable[Run], newest: dict[Any, Any]
) -> tuple[list[Run], list[tuple[Any, Any]]]:
    """The runs whose objects are as they left them, and of the others what changed.

    What was changed since and then changed back is as it was left.
    """
    back, changed = [], []
    for run in runs:
        last = newest[run.pk]
        if not _is_same(run.last, last):
            changed.append((run.last, last))
        elif run.came_and_went:
            continue
        elif run.stranger:
            changed.append(run.stranger)
        else:
            back.append(run)
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
    model: type[models.Model], runs: list[Run], newest: dict[Any, Any]
) -> list[Step]:
    """Back to before each of these runs, in whose state their objects are."""
    now = current_snapshots(model, [run.pk for run in runs])
    before = previous_rows(
        run.first for run in runs if run.first.history_type != CREATED
    )
    steps = []
    for run in runs:
        # Not the state at its deletion: the act may have changed it just before.
        version = before.get((type(run.first), run.first.previous_id))
        step = Step(
            model=model,
            pk=run.pk,
            newest=newest[run.pk],
            now=now.get(run.pk),
            target=snapshot_of_row(version) if version is not None else None,
            version=version,
        )
        if version is None and run.first.history_type != CREATED:
            # Pruned: that nothing is known of before does not mean it was not there.
            step.target = step.now
            step.problems.append(_("What it was before is no longer in its history."))
        if step.problems or _differ(step.now, step.target):
            steps.append(step)
    return steps


def _differ(now: Snapshot | None, target: Snapshot | None) -> bool:
    if now is None or target is None:
        return now is not target
    return not now.same_as(target)


def finish_plan(
    steps: list[Step],
    changed_since: list[tuple[Any, Any]],
    around: Around | None = None,
) -> Plan:
    """With every difference in words, and what the data has against it."""
    plan = tell(steps, changed_since)
    find_obstacles(plan, around)
    return plan


def tell(steps: list[Step], changed_since: list[tuple[Any, Any]]) -> Plan:
    """With every difference in words."""
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
    return Plan(steps, kept)


def _state(row: Any) -> Any:
    return None if row.history_type == DELETED else snapshot_of_row(row)
