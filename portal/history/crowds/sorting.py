"""The fate of each object by itself: what somebody changed since, and what may fail.

Each rule is one statement for all objects of a model. A rule may call OPEN what can go
ahead, for Python looks at that again; it must not pass over what cannot.
"""

from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection, models
from django.db.models import Q
from django.db.models.expressions import RawSQL

from portal.history.columns import Columns
from portal.history.crowds.rules import (
    open_in_use,
    open_invalid,
    open_missing,
    open_partless,
    open_taken,
)
from portal.history.crowds.tables import Fate, Table, Tables, execute
from portal.history.keys import key_list, key_rows
from portal.history.sources import Source
from portal.history.steps import Doubts
from portal.history.unseen import UNSEEN


def sort(tables: Tables, source: Source, doubts: dict[Any, Doubts]) -> None:
    for table in tables.values():
        _keep_changed(table, source)
        _drop_idle(table)
        _open_gaps(table)
        _open_relations(table)
        open_missing(table, tables)
        open_invalid(table)
        open_taken(table, source)
        open_partless(table, tables)
    for table in tables.values():
        # After those above, which say who of the others leaves.
        open_in_use(table, tables)
    for model, table in tables.items():
        _heed(table, doubts[model])


def _drop_idle(table: Table) -> None:
    """What is as it was before the source has no way to go."""
    execute(
        f"DELETE FROM {table.name} WHERE kind = 'update' AND is_there = 1 "
        f"AND has_target = 1 AND mask = 0 AND fate = {Fate.READY:d}"
    )


def _keep_changed(table: Table, source: Source) -> None:
    rows = table.columns.rows
    if table.has_later:
        differ = _rows_differ(table.columns, "n", "e")
        table.mark(
            Fate.KEPT,
            f"""w.newest <> w.last_id AND EXISTS (
            SELECT 1 FROM {rows} n, {rows} e
            WHERE n.history_id = w.newest AND e.history_id = w.last_id AND {differ})""",
        )
    if source.is_one:
        return
    condition, parameters = source.condition("h")
    table.mark(
        Fate.KEPT,
        f"""w.first_id <> w.last_id AND EXISTS (
            SELECT 1 FROM {rows} h WHERE h.{table.columns.pk} = w.pk
            AND h.history_id > w.first_id AND h.history_id < w.last_id
            AND NOT {condition})""",
        parameters,
    )


def _rows_differ(columns: Columns, one: str, other: str) -> str:
    """SQL: whether two versions differ in anything but related objects' names."""
    differ = "IS NOT" if connection.vendor == "sqlite" else "IS DISTINCT FROM"
    pairs = [(f"{one}.{name}", f"{other}.{name}") for name in columns.copied]
    pairs += [
        (columns.row_ids(relation, one), columns.row_ids(relation, other))
        for relation in columns.relations
    ]
    any_of = " OR ".join(f"{mine} {differ} {its}" for mine, its in pairs)
    return (
        f"(({one}.history_type = '-') <> ({other}.history_type = '-') "
        f"OR {one}.history_type <> '-' AND ({any_of}))"
    )


def _open_gaps(table: Table) -> None:
    """What is there is not in its history, or what was there no longer is."""
    table.mark(Fate.OPEN, "(w.is_there = 1) = (w.kind = 'create')")
    table.mark(Fate.OPEN, "w.kind <> 'delete' AND w.has_target = 0")


def _open_relations(table: Table) -> None:
    bits = sum(table.columns.bits[each.name] for each in table.columns.relations)
    if not (bits & table.changed or (bits and "create" in table.kinds)):
        return
    its = f"SELECT 1 FROM {table.columns.rows} p WHERE p.history_id = w.target"
    has = "CAST(p.relations AS text) LIKE '%%[[%%'"
    table.mark(
        Fate.OPEN,
        f"w.mask & {bits} <> 0 OR w.kind = 'create' AND EXISTS ({its} AND {has})",
    )


def _heed(table: Table, doubts: Doubts) -> None:
    """What the actor may not do at all, and what must be looked at one by one."""
    if doubts.seen is not None:
        unseen = _not_among(table, doubts.seen)
        # Whatever else is true of them.
        table.mark(Fate.REFUSED, *unseen, why=str(UNSEEN), of=list(Fate))
    if doubts.about_all:
        table.mark(Fate.OPEN, "TRUE")
        return
    rows, pk = table.columns.rows, table.columns.pk
    for name, keys in doubts.keys.items():
        keyed: Any = table.model._meta.get_field(name)
        column = connection.ops.quote_name(keyed.column)
        if keys:
            table.mark(
                Fate.OPEN,
                f"""w.pk IN (SELECT p.{pk} FROM {rows} p
                    WHERE p.{column} IN ({key_rows(table.model)}))""",
                [key_list(sorted(keys))],
            )
    for field in table.columns.fields:
        if field.name in doubts.fields and table.wants(field.name):
            column = connection.ops.quote_name(str(field.column))
            is_flag = isinstance(field, models.BooleanField)
            has = f"p.{column}" if is_flag else f"p.{column} IS NOT NULL"
            table.mark(
                Fate.OPEN,
                f"""w.mask & {table.columns.bits[field.name]} <> 0
                OR w.kind = 'create' AND EXISTS (
                    SELECT 1 FROM {rows} p WHERE p.history_id = w.target AND {has})""",
            )
    _refuse(table, doubts)


def _refuse(table: Table, doubts: Doubts) -> None:
    """What is not allowed, whatever the objects look like."""
    for kind, why in doubts.refused.items():
        table.mark(Fate.REFUSED, "w.kind = %s", [kind], why=why)
    for kind, reaches in doubts.within.items():
        for reach, why in reaches:
            beyond, parameters = _not_among(table, reach)
            its = f"w.kind = '{kind}' AND {beyond}"
            table.mark(Fate.REFUSED, its, parameters, why=why)
    for name, why in doubts.withheld.items():
        bit = table.columns.bits[name]
        table.mark(Fate.REFUSED, f"w.kind = 'update' AND w.mask & {bit} <> 0", why=why)


def _not_among(table: Table, rows: Q) -> tuple[str, tuple[Any, ...]]:
    """SQL that is true of the objects whose newest row is none of these."""
    history: Any = table.columns.history
    its = history._base_manager.filter(rows, history_id=RawSQL("w.newest", []))
    try:
        sql, parameters = its.order_by().values("history_id").query.sql_with_params()
    except EmptyResultSet:
        return "TRUE", ()
    return f"NOT EXISTS ({sql})", parameters
