"""From a source to its plan, with what an actor may not do."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from django.db import connection, models

from portal.history.columns import Columns
from portal.history.crowds.around import CrowdsAround
from portal.history.crowds.sorting import sort
from portal.history.crowds.spreading import spread
from portal.history.crowds.tables import Fate, Table, Tables, execute, made_tables
from portal.history.revert import finish_plan, tell, trace_back
from portal.history.snapshot import tracked_models
from portal.history.sources import Source
from portal.history.steps import Crowd, Doubts, Kept, Plan, Step, kept_with
from portal.history.unseen import UNSEEN

OUTCOMES = {
    Fate.READY: "ready",
    Fate.REFUSED: "blocked",
    Fate.KEPT: "kept",
    Fate.ALONG: "kept",
}


@dataclass(frozen=True)
class Actor:
    """Who asks: what it must not do at all, and what forbids each of some steps."""

    doubts: Callable[[type[models.Model]], Doubts]
    judge: Callable[[Plan], None]


@contextmanager
def crowd_plan(
    source: Source, actor: Actor, shown: int = 0, lock: bool = False
) -> Iterator[tuple[Plan, Tables]]:
    """A settled plan, with the first `shown` of each list, and its tables.

    The tables are gone when the block ends.
    """
    if lock:
        _lock(source)
    with made_tables(source) as tables:
        sort(tables, source, {model: actor.doubts(model) for model in tables})
        spread(tables)
        plan = _open_plan(tables, source)
        plan.crowds = [crowd for table in tables.values() for crowd in _crowds(table)]
        if shown:
            _introduce(plan, tables, source, shown)
        actor.judge(plan)
        yield plan, tables


def _lock(source: Source) -> None:
    """Nobody's change lands between look and write; SQLite has one writer anyway."""
    if connection.vendor == "sqlite":
        return
    for model in tracked_models():
        its = Columns(model)
        condition, parameters = source.condition("h")
        execute(
            f"""SELECT 1 FROM {its.live} l WHERE l.{its.pk} IN (
                SELECT h.{its.pk} FROM {its.rows} h WHERE {condition})
            ORDER BY l.{its.pk} FOR UPDATE""",
            parameters,
        )


def _open_plan(tables: Tables, source: Source) -> Plan:
    """What Python has to look at, as in any small plan."""
    steps: list[Step] = []
    kept: list[tuple[Any, Any]] = []
    for model, table in tables.items():
        for runs in source.runs(model, table.pks(Fate.OPEN)):
            its_steps, its_kept = trace_back(model, runs)
            steps += its_steps
            kept += its_kept
    return finish_plan(steps, kept, CrowdsAround(tables))


def _crowds(table: Table) -> Iterator[Crowd]:
    groups = table.all(
        f"""SELECT fate, kind, why, COUNT(*), SUM(last_id), SUM(newest)
        FROM {{table}} WHERE fate <> {Fate.OPEN:d}
        GROUP BY fate, kind, why ORDER BY fate, kind, why"""
    )
    for fate, *mark in groups:
        is_unseen = mark[1] == UNSEEN
        yield Crowd(
            outcome="unseen" if is_unseen else OUTCOMES[Fate(fate)],
            model=table.model,
            count=mark[2],
            mark=[int(fate), *mark[:2], *map(int, mark[2:])],
        )


def _introduce(plan: Plan, tables: Tables, source: Source, shown: int) -> None:
    """Tell of the first in each crowd, as far as the page has room for them."""
    room = {outcome: shown for outcome in OUTCOMES.values()}
    for crowd in plan.crowds:
        if number := min(crowd.count, room.get(crowd.outcome, 0)):
            room[crowd.outcome] -= number
            crowd.items = _items(crowd, tables, source, number)


def _items(
    crowd: Crowd, tables: Tables, source: Source, number: int
) -> list[Step] | list[Kept]:
    fate, kind, why = crowd.mark[:3]
    table = tables[crowd.model]
    found = table.all(
        """SELECT pk, owner FROM {table} WHERE fate = %s AND kind = %s AND why = %s
        ORDER BY pk LIMIT %s""",
        [fate, kind, why, number],
    )
    plan = _told(source, crowd.model, [pk for pk, _owner in found])
    if fate == Fate.ALONG:
        return _along(plan.steps, dict(found), table, tables, source)
    for step in plan.steps:
        step.problems += [why] if why else []
    return plan.kept or plan.steps


def _told(source: Source, model: type[models.Model], pks: list[Any]) -> Plan:
    steps: list[Step] = []
    kept: list[tuple[Any, Any]] = []
    for runs in source.runs(model, pks):
        its_steps, its_kept = trace_back(model, runs)
        steps += its_steps
        kept += its_kept
    return tell(steps, kept)


def _along(
    steps: list[Step],
    owners: dict[Any, Any],
    table: Table,
    tables: Tables,
    source: Source,
) -> list[Kept]:
    """Each with the object that keeps it: its part, or the whole that it is part of."""
    pks = [step.pk for step in steps]
    partner: dict[Any, tuple[type[models.Model], Any]] = {}
    for other in tables.values():
        if other.owner and other.owner.related_model is table.model:
            marks = ", ".join(["%s"] * len(pks))
            found = other.all(
                f"SELECT owner, pk FROM {{table}} WHERE owner IN ({marks}) "
                f"AND fate = {Fate.KEPT:d}",
                pks,
            )
            partner |= {pk: (other.model, part) for pk, part in found}
    if table.owner:
        whole = table.owner.related_model
        for pk in pks:
            partner.setdefault(pk, (whole, owners[pk]))
    keepers: dict[Any, Kept] = {}
    for model in {model for model, _pk in partner.values()}:
        its = [pk for other, pk in partner.values() if other is model]
        keepers |= {item.key: item for item in _told(source, model, its).kept}
    return [
        kept_with(step, keepers[partner[step.pk]])
        for step in steps
        if partner.get(step.pk) in keepers
    ]
