"""The objects of a source with their fates, one temporary table for each model.

A table has for each object its rows in the source (`first_id`, `last_id`), its newest
row, the row whose state it goes back to (`target`), the kind of the step, the fields
that the step changes (`mask`, as in `Columns`), and its `fate`.
"""

from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import Any

from django.db import connection, models

from portal.history.columns import Columns
from portal.history.snapshot import owner_field, tracked_models
from portal.history.sources import Source

Tables = dict[type[models.Model], "Table"]


class Fate(IntEnum):
    READY = 0
    OPEN = 1
    REFUSED = 2
    KEPT = 3
    # Kept because the object that it comes and goes with is.
    ALONG = 4


class Table:
    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.columns = Columns(model)
        self.owner = owner_field(model)
        self.bare_name = f"crowd_{model._meta.db_table}"
        self.name = connection.ops.quote_name(self.bare_name)
        # What there is in it, so that nothing is asked about what there is not.
        self.kinds: set[str] = set()
        self.changed = 0
        self.has_later = False
        self.fates: set[Fate] = set()
        self.ready = 0

    def make(self, source: Source) -> int:
        """Make the table; returns the number of its objects."""
        condition, parameters = source.condition("h")
        self.drop()
        execute(
            f"CREATE TEMP TABLE {self.name} AS {self._select(source, condition)}",
            parameters,
        )
        schema = "temp." if connection.vendor == "sqlite" else ""
        for column in ("pk", "owner") if self.owner else ("pk",):
            index = connection.ops.quote_name(f"{self.bare_name}_{column}")
            execute(f"CREATE INDEX {schema}{index} ON {self.name} ({column})")
        if connection.vendor == "postgresql":
            execute(f"ANALYZE {self.name}")
        groups = "kind, mask, newest <> last_id"
        for kind, mask, is_later, number in self.all(
            f"SELECT {groups}, COUNT(*) FROM {{table}} GROUP BY {groups}"
        ):
            self.kinds.add(kind)
            self.changed |= mask
            self.has_later = self.has_later or bool(is_later)
            self.ready += number
        self.fates = {Fate.READY}
        return self.ready

    def drop(self) -> None:
        execute(f"DROP TABLE IF EXISTS {self.name}")

    def _select(self, source: Source, condition: str) -> str:
        its = self.columns
        # Comparing relations is what costs, and most objects have none.
        fields = Columns(self.model)
        fields.relations = []
        owner = "NULL"
        if self.owner:
            column = connection.ops.quote_name(self.owner.column)
            # With its type, for SQLite finds nothing by an index on a column of none.
            key_type = self.owner.db_type(connection)
            owner = f"CAST(COALESCE(p.{column}, e.{column}) AS {key_type})"
        return f"""
        SELECT s.pk, s.first_id, s.last_id, s.newest, s.target, 0 AS fate, '' AS why,
            CASE WHEN f.history_type = '+' THEN 'delete'
                WHEN e.history_type = '-' THEN 'create' ELSE 'update' END AS kind,
            CASE WHEN p.history_type = '-' OR p.history_id IS NULL
                THEN 0 ELSE 1 END AS has_target,
            CASE WHEN l.{its.pk} IS NULL THEN 0 ELSE 1 END AS is_there,
            {owner} AS owner,
            CASE WHEN f.history_type = '+' OR l.{its.pk} IS NULL THEN 0
                WHEN {its.relations_used("l")} = 0
                    AND CAST(p.relations AS text) NOT LIKE '%%[[%%'
                    THEN {fields.differing("l", "p")}
                ELSE {its.differing("l", "p")} END AS mask
        FROM ({self._runs(source, condition)}) s
        JOIN {its.rows} f ON f.history_id = s.first_id
        JOIN {its.rows} e ON e.history_id = s.last_id
        LEFT JOIN {its.rows} p ON p.history_id = s.target AND f.history_type <> '+'
        LEFT JOIN {its.live} l ON l.{its.pk} = s.pk
        WHERE f.history_type <> '+' OR e.history_type <> '-' OR EXISTS (
            SELECT 1 FROM {its.rows} z
            WHERE z.history_id = s.newest AND z.history_type <> '-')"""

    def _runs(self, source: Source, condition: str) -> str:
        """SQL for each object's rows in the source, its newest and the one before."""
        its = self.columns
        newest_and_target = """MAX(n.history_id) AS newest,
            MAX(CASE WHEN n.history_id < g.first_id THEN n.history_id END) AS target"""
        if source.is_one:
            # One row for each object, which nothing has to gather.
            return f"""
            SELECT g.pk, g.first_id, g.first_id AS last_id, {newest_and_target}
            FROM (SELECT h.{its.pk} AS pk, h.history_id AS first_id
                FROM {its.rows} h WHERE {condition}) g
            JOIN {its.rows} n ON n.{its.pk} = g.pk GROUP BY g.first_id, g.pk"""
        return f"""
        SELECT g.pk, g.first_id, g.last_id, {newest_and_target}
        FROM (SELECT h.{its.pk} AS pk, MIN(h.history_id) AS first_id,
                MAX(h.history_id) AS last_id
            FROM {its.rows} h WHERE {condition} GROUP BY h.{its.pk}) g
        JOIN {its.rows} n ON n.{its.pk} = g.pk
        GROUP BY g.pk, g.first_id, g.last_id"""

    def mark(
        self,
        fate: Fate,
        condition: str,
        parameters: Iterable[Any] = (),
        why: str = "",
        of: Collection[Fate] = (Fate.READY,),
    ) -> int:
        """Change the fate of those `of` which, as `w`, the condition is true."""
        if of == (Fate.READY,) and not self.ready:
            return 0
        fates = ", ".join(f"{each:d}" for each in of)
        number = execute(
            f"UPDATE {self.name} AS w SET fate = {fate:d}, why = %s "
            f"WHERE fate IN ({fates}) AND ({condition})",
            [why, *parameters],
        )
        if number:
            self.fates.add(fate)
            self.ready = self.value(
                f"SELECT COUNT(*) FROM {{table}} WHERE fate = {Fate.READY:d}"
            )
        return number

    def wants(self, name: str) -> bool:
        """Whether any step gives the field a value."""
        return "create" in self.kinds or bool(self.changed & self.columns.bits[name])

    def pks(self, fate: Fate, limit: int | None = None) -> list[Any]:
        clause = f"LIMIT {limit}" if limit is not None else ""
        sql = f"SELECT pk FROM {{table}} WHERE fate = {fate:d} ORDER BY pk {clause}"
        return [pk for (pk,) in self.all(sql)]

    def all(self, sql: str, parameters: Iterable[Any] = ()) -> list[Any]:
        with connection.cursor() as cursor:
            cursor.execute(sql.format(table=self.name), list(parameters))
            return cursor.fetchall()

    def value(self, sql: str) -> Any:
        return self.all(sql)[0][0]


@contextmanager
def made_tables(source: Source) -> Iterator[Tables]:
    """Tables for the models that the source has anything of."""
    tables: Tables = {}
    for model in tracked_models():
        table = Table(model)
        if table.make(source):
            tables[model] = table
        else:
            table.drop()
    yield tables
    # After a failure they go with the transaction, or before the next are made.
    for table in tables.values():
        table.drop()


def execute(sql: str, parameters: Iterable[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters) or None)
        return cursor.rowcount
