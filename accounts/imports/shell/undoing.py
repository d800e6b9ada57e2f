"""An import taken back from the command line, as its change set's page would."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError

from accounts.imports.people import PEOPLE
from accounts.imports.shell.steps import ORIGIN
from portal.admin.reverting import Order, may_revert, plan_for, revert
from portal.history.sources import Source
from portal.history.steps import Plan, RevertRefused
from portal.models import ChangeSet, ImportJob

SHOWN = 20


def written_by(job_id: UUID, actor: Any) -> ChangeSet:
    """What the import did. Raises CommandError where the actor cannot take it back."""
    job = ImportJob.objects.filter(pk=job_id, target=PEOPLE.target).first()
    if job is None:
        raise CommandError(f"There is no import {job_id}.")
    if job.state != ImportJob.State.DONE:
        raise CommandError(
            f"{job} is «{job.get_state_display()}»; only what was imported can be "
            "taken back."
        )
    if job.change_set is None:
        raise CommandError(f"{job} changed nothing.")
    if not may_revert(actor):
        raise CommandError(f"{actor} may not revert.")
    return job.change_set


def look_at_undo(written: ChangeSet, actor: Any) -> Plan:
    return plan_for(actor, Source.of(written))


def undo(written: ChangeSet, plan: Plan, actor: Any, reason: str) -> ChangeSet | None:
    """Do what was looked at, or raise CommandError: then nothing was written."""
    try:
        _plan, made = revert(
            Order(
                source=Source.of(written),
                user=actor,
                digest=plan.digest,
                reason=reason,
                subject=f"Change set {written.pk}",
                origin=ORIGIN,
                reverts=written,
            )
        )
    except RevertRefused as refused:
        raise CommandError(f"Nothing was taken back: {refused}") from refused
    return made


def plan_told(plan: Plan) -> Iterator[str]:
    yield f"Goes back: {plan.ready_count:,}"
    yield f"Stays, because somebody changed it since: {plan.count('kept'):,}"
    for kept in plan.first("kept", SHOWN):
        yield f"  {kept.model_label} {kept.name}"
    yield f"Cannot go back: {plan.count('blocked'):,}"
    for step in plan.first("blocked", SHOWN):
        yield f"  {step.model_label} {step.name}: {' '.join(step.problems)}"


def as_json(plan: Plan, made: ChangeSet | None) -> dict[str, Any]:
    return {
        "change_set": made.pk if made else None,
        "objects": {name: plan.count(name) for name in ("ready", "kept", "blocked")},
    }
