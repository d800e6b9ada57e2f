"""Back to an earlier version of one object, with a look at it first."""

from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from portal.history.acts import change_set
from portal.history.changes import FieldChange, NameBook, field_changes, target_of
from portal.history.snapshot import (
    Snapshot,
    current_snapshots,
    history_model_of,
    snapshot_of_row,
    tracked_fields,
    tracked_relations,
)
from portal.models import ChangeSet

CHANGED_MEANWHILE = gettext_lazy(
    "Somebody changed this meanwhile. Look again at what would happen."
)


class RevertRefused(Exception):
    """The version cannot be brought back; `problems` says why, for people."""

    def __init__(self, problems: list[Any]) -> None:
        self.problems = problems
        super().__init__(" ".join(map(str, problems)))


@dataclass
class RevertPlan:
    """What a revert would do; nothing is written while one is made."""

    row: Any
    live: models.Model
    changes: list[FieldChange]
    problems: list[str] = field(default_factory=list)
    seen: int | None = None

    @property
    def changed_fields(self) -> set[str]:
        return {change.name for change in self.changes}


def plan_revert(row: Any) -> RevertPlan | None:
    """What going back to the version `row` would do; None if the object is gone."""
    model = row.instance_type
    pk = getattr(row, model._meta.pk.attname)
    live = model._base_manager.filter(pk=pk).first()
    if live is None:
        return None
    now, then = current_snapshots(model, [pk])[pk], snapshot_of_row(row)
    changes = field_changes(now, then, NameBook([now, then]))
    plan = RevertPlan(row, live, changes, seen=newest_id(model, pk))
    plan.problems = _missing(then) or _clashes(live, then)
    return plan


def newest_id(model: type[models.Model], pk: Any) -> int | None:
    """Which version is the newest: what a confirmation must still find."""
    rows = history_model_of(model)._base_manager.filter(**{model._meta.pk.attname: pk})
    return rows.order_by("-history_id").values_list("history_id", flat=True).first()


def revert(plan: RevertPlan, *, actor: Any, reason: str) -> None:
    """Bring the planned version back; raises RevertRefused, having written nothing."""
    if plan.problems:
        raise RevertRefused(plan.problems)
    then = snapshot_of_row(plan.row)
    with (
        transaction.atomic(),
        change_set(
            kind=ChangeSet.Kind.REVERT,
            actor=actor,
            reason=reason,
            subject=f"{capfirst(then.model._meta.verbose_name)} {plan.live}",
            reverts=_reverted(plan.row),
        ),
    ):
        # Locked first, so that nobody's change lands between the look and the write.
        live = then.model._base_manager.select_for_update().get(pk=plan.live.pk)
        if newest_id(then.model, live.pk) != plan.seen:
            raise RevertRefused([CHANGED_MEANWHILE])
        _assign(live, then)
        live.save()
        for relation in tracked_relations(then.model):
            pks = [pk for pk, _name in then.relations.get(relation.name, [])]
            getattr(live, relation.name).set(pks)


def _reverted(row: Any) -> ChangeSet | None:
    """The change set right after the version, when it is the only one undone."""
    pk_name = row.instance_type._meta.pk.attname
    later = (
        type(row)
        ._base_manager.filter(
            **{pk_name: getattr(row, pk_name)}, history_id__gt=row.history_id
        )
        .order_by("history_id")[:2]
    )
    return later[0].change_set if len(later) == 1 else None


def _assign(live: models.Model, then: Snapshot) -> None:
    for tracked in tracked_fields(then.model):
        if not tracked.primary_key:
            setattr(live, tracked.attname, then.values[tracked.attname])


def _missing(then: Snapshot) -> list[str]:
    """What the version points at and is no longer there."""
    problems = []
    for tracked in tracked_fields(then.model):
        pk = then.values.get(tracked.attname)
        target = target_of(tracked)
        if not target or pk is None:
            continue
        if not target._base_manager.filter(pk=pk).exists():
            name = NameBook([then]).name(target, pk)
            problems.append(
                _("%(field)s: %(name)s is no longer there.")
                % {"field": tracked.verbose_name, "name": name}
            )
    for relation in tracked_relations(then.model):
        wanted = dict(then.relations.get(relation.name, []))
        kept = relation.related_model._base_manager.filter(pk__in=wanted)
        for pk in set(wanted) - set(kept.values_list("pk", flat=True)):
            problems.append(
                _("%(field)s: %(name)s is no longer there.")
                % {"field": relation.verbose_name, "name": wanted[pk]}
            )
    return problems


def _clashes(live: models.Model, then: Snapshot) -> list[str]:
    """What the rules of today, and the other rows of today, have against it."""
    trial = type(live)._base_manager.get(pk=live.pk)
    _assign(trial, then)
    untouched = {f.name for f in live._meta.fields} - {
        f.name for f in tracked_fields(then.model)
    }
    try:
        trial.full_clean(exclude=untouched)
    except ValidationError as error:
        return error.messages
    return []
