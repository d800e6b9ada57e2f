"""Carrying a large plan out: its crowds set by set, then its other steps."""

from collections.abc import Iterator
from itertools import batched
from typing import Any

from django.db import IntegrityError, connection, models, transaction
from django.db.models import ProtectedError
from django.db.models.expressions import RawSQL

from portal.history.acts import BATCH, Act, change_set
from portal.history.crowds.planning import Actor, crowd_plan
from portal.history.crowds.tables import Fate, Table, Tables, execute
from portal.history.snapshot import history_model_of, snapshot_of_row
from portal.history.sources import Source
from portal.history.steps import Plan, RevertRefused
from portal.history.writing import (
    CHANGED_MEANWHILE,
    NOT_TOGETHER,
    create_objects,
    send_created,
    write_steps,
)
from portal.models import ChangeSet


def carry_out_source(
    source: Source, asking: Actor, digest: str, **act_is: Any
) -> tuple[Plan, ChangeSet | None]:
    """Plan anew, and write if that is what was shown; `act_is` is as for `change_set`.

    Raises RevertRefused, having written nothing.
    """
    try:
        with (
            transaction.atomic(),
            change_set(**act_is) as act,
            crowd_plan(source, asking, lock=True) as (plan, tables),
        ):
            if plan.digest != digest or not plan.ready_count:
                raise RevertRefused([CHANGED_MEANWHILE])
            write_crowds(plan, tables, act)
    except (IntegrityError, ProtectedError) as error:
        raise RevertRefused([NOT_TOGETHER]) from error
    return plan, act.recorded


def write_crowds(plan: Plan, tables: Tables, act: Act) -> None:
    """Write what goes back; the tables must still be there.

    No signal is sent for what is changed or deleted, as for any bulk write; and none
    for what comes back in more than one batch.
    """
    for model, table in tables.items():
        act.touch(model, table.pks(Fate.READY))
    # No crowd waits for anything: what could is among the steps. Keys are checked
    # at the end, so that the order of the models does not matter.
    for table in tables.values():
        _delete(table)
        _change(table)
    for table in tables.values():
        _create(table)
    write_steps(plan.ready, act)


def _ready(kind: str) -> str:
    return f"fate = {Fate.READY:d} AND kind = '{kind}'"


def _delete(table: Table) -> None:
    its = table.columns
    execute(
        f"""DELETE FROM {its.live} WHERE {its.pk} IN (
            SELECT pk FROM {table.name} WHERE {_ready("delete")})"""
    )


def _change(table: Table) -> None:
    """Only the columns that differ for anybody: an index on another costs nothing."""
    its = table.columns
    masks = table.all(f"SELECT DISTINCT mask FROM {{table}} WHERE {_ready('update')}")
    changed = {name for (mask,) in masks for name in its.named(mask)}
    columns = [
        connection.ops.quote_name(str(field.column))
        for field in its.fields
        if field.name in changed
    ]
    if columns:
        execute(
            f"""UPDATE {its.live} SET {", ".join(f"{c} = p.{c}" for c in columns)}
            FROM {table.name} w, {its.rows} p
            WHERE w.fate = {Fate.READY:d} AND w.kind = 'update'
                AND {its.live}.{its.pk} = w.pk AND p.history_id = w.target"""
        )


def _create(table: Table) -> None:
    """By way of objects, for they have more than history knows, such as a password."""
    number = table.value(f"SELECT COUNT(*) FROM {{table}} WHERE {_ready('create')}")
    created: list[Any] = []
    for rows in _versions(table):
        made = create_objects(table.model, [snapshot_of_row(row) for row in rows])
        created += made if number <= BATCH else []
    send_created(created)


def _versions(table: Table) -> Iterator[tuple[Any, ...]]:
    its = RawSQL(f"SELECT target FROM {table.name} WHERE {_ready('create')}", [])
    history: Any = history_model_of(table.model)
    rows: models.QuerySet = history._base_manager.filter(history_id__in=its)
    return batched(rows.order_by("history_id").iterator(BATCH), BATCH)
