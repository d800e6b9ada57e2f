"""Carrying a plan out: one transaction, one change set."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import batched
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.db.models import ProtectedError
from django.db.models.signals import post_save
from django.utils.translation import gettext_lazy as _

from portal.history.acts import BATCH, Act, change_set
from portal.history.changes import target_of
from portal.history.clashes import unique_keys
from portal.history.snapshot import (
    Snapshot,
    newest_rows,
    tracked_fields,
    tracked_relations,
)
from portal.history.steps import Plan, RevertRefused, Step
from portal.history.tracked import TrackedModel
from portal.models import ChangeSet

CHANGED_MEANWHILE = _(
    "Somebody changed this meanwhile. Look again at what would happen."
)
NOT_TOGETHER = _(
    "The database refused it: these values cannot come back together. "
    "Nothing was changed."
)


def carry_out(
    plan: Plan,
    *,
    kind: str,
    actor: Any,
    reason: str,
    subject: str,
    reverts: ChangeSet | None = None,
    origin: str = "",
) -> ChangeSet | None:
    """Write the steps that are ready; raises RevertRefused, having written nothing.

    The plan must be settled. Returns the change set; None if nothing differed.
    """
    if not plan.ready:
        problems = [text for step in plan.blocked for text in step.problems]
        raise RevertRefused(problems)
    try:
        with (
            transaction.atomic(),
            change_set(
                kind=kind,
                actor=actor,
                reason=reason,
                subject=subject,
                reverts=reverts,
                origin=origin,
            ) as act,
        ):
            # Locked first, so that nobody's change lands between look and write.
            for model, steps in _by_model(plan.ready):
                _lock(model, steps)
            write_steps(plan.ready, act)
    except (IntegrityError, ProtectedError) as error:
        # What is not there cannot be locked: somebody may have brought it back.
        moved = any(_have_moved(*group) for group in _by_model(plan.ready))
        raise RevertRefused([CHANGED_MEANWHILE if moved else NOT_TOGETHER]) from error
    return act.recorded


def _by_model(
    steps: Iterable[Step],
) -> list[tuple[type[models.Model], list[Step]]]:
    """Each model's steps; a model comes after those that it points at."""
    groups: dict[type[models.Model], list[Step]] = defaultdict(list)
    for step in steps:
        groups[step.model].append(step)
    ordered: dict[type[models.Model], None] = {}

    def place(model: type[models.Model]) -> None:
        for target in _targets_of(model):
            if target in groups and target not in ordered and target is not model:
                place(target)
        ordered[model] = None

    for model in groups:
        place(model)
    return [(model, groups[model]) for model in ordered]


def _targets_of(model: type[models.Model]) -> list[Any]:
    keys = [target_of(field) for field in tracked_fields(model)]
    return [*filter(None, keys), *(r.related_model for r in tracked_relations(model))]


def _lock(model: type[models.Model], steps: list[Step]) -> None:
    for some in batched(steps, BATCH):
        pks = [step.pk for step in some]
        live = model._base_manager.select_for_update().filter(pk__in=pks)
        list(live.order_by("pk").values_list("pk"))
    if _have_moved(model, steps):
        raise RevertRefused([CHANGED_MEANWHILE])


def _have_moved(model: type[models.Model], steps: list[Step]) -> bool:
    """Whether any of these objects has a newer version than the plan has seen."""
    for some in batched(steps, BATCH):
        newest = newest_rows(model, [step.pk for step in some])
        if any(newest[step.pk].history_id != step.seen for step in some):
            return True
    return False


def write_steps(steps: list[Step], act: Act) -> None:
    """What leaves a name or a number goes before what takes it again.

    What is still pointed at goes last, after whatever points at it.
    """
    changing = {step.key for step in steps if step.kind == "update"}
    going = [step for step in steps if step.kind == "delete"]
    last = [s for s in going if any(key in changing for key, _text in s.needs)]
    waiting = {step.key for step in last}
    _delete([step for step in going if step.key not in waiting])
    wanted = {key for step in steps for key, _text in step.needs}
    staying = [step for step in steps if step.key in changing | waiting]
    for model, its_steps in _by_model([s for s in staying if s.key in wanted]):
        _give_up(model, its_steps)
    created: list[Any] = []
    for model, its_steps in _by_model(steps):
        _change(model, [s for s in its_steps if s.kind == "update"], act)
        created += _create(model, [s for s in its_steps if s.kind == "create"])
    send_created(created)
    _delete(last)


def send_created(objects: list[Any]) -> None:
    """As a save says it, but once all are back: receivers see the whole."""
    for obj in objects:
        post_save.send(
            type(obj),
            instance=obj,
            created=True,
            update_fields=None,
            raw=False,
            using=obj._state.db,
        )


def _delete(steps: list[Step]) -> None:
    # Whatever points at something goes before it.
    for model, its_steps in reversed(_by_model(steps)):
        for some in batched(its_steps, BATCH):
            model._default_manager.filter(pk__in=[s.pk for s in some]).delete()


def _give_up(model: type[models.Model], steps: list[Step]) -> None:
    """Make what others wait for free: two may have traded their names."""
    for unique in unique_keys(model):
        field = unique.field
        for step in steps:
            if field.name in step.changed_fields:
                held = model._base_manager.filter(pk=step.pk)
                held.update(**{field.attname: _placeholder(field, step.pk)})


def _placeholder(field: models.Field, pk: Any) -> Any:
    """A value that nobody has; it lasts no longer than the transaction."""
    if isinstance(field, models.CharField):
        return uuid4().hex[: field.max_length]
    # The database checks at the end only whether a key points at anything.
    return -pk


def _change(model: type[models.Model], steps: list[Step], act: Act) -> None:
    act.touch(model, [step.pk for step in steps])
    for step in steps:
        model._base_manager.filter(pk=step.pk).update(**_values(step))
    _relate(model, steps)


def _values(step: Step) -> dict[str, Any]:
    values = dict(step.target.values) if step.target else {}
    del values[step.model._meta.pk.attname]
    return values


def _create(model: type[models.Model], steps: list[Step]) -> list[Any]:
    objects = create_objects(model, [step.target for step in steps if step.target])
    _relate(model, steps)
    return objects


def create_objects(model: type[models.Model], states: list[Snapshot]) -> list[Any]:
    """Plainly, with the old keys: nothing else is made along with them."""
    objects = [model(**state.values) for state in states]
    for obj in objects:
        if isinstance(obj, TrackedModel):
            obj.complete()
    return model._base_manager.bulk_create(objects, batch_size=BATCH)


def _relate(model: type[models.Model], steps: list[Step]) -> None:
    for relation in tracked_relations(model):
        through: Any = relation.remote_field.through
        owner = f"{relation.m2m_field_name()}_id"
        related = f"{relation.m2m_reverse_field_name()}_id"
        differing = [s for s in steps if relation.name in s.changed_fields]
        links = through._base_manager
        for some in batched(differing, BATCH):
            links.filter(**{f"{owner}__in": [step.pk for step in some]}).delete()
        links.bulk_create(
            (
                through(**{owner: step.pk, related: pk})
                for step in differing
                if step.target
                for pk, _name in step.target.relations.get(relation.name, [])
            ),
            batch_size=BATCH,
        )
