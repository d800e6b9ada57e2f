"""What an act changed, asked of the database and recorded by it, set by set.

The live rows are compared with the newest versions, and copied into history, in a few
statements for each model, however many objects there are: the rows themselves never
come to Python.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import connection, models

from portal.history.columns import Columns
from portal.history.keys import key_list, key_rows
from portal.history.snapshot import names_of, tracked_relations
from portal.models import ChangeCount, ChangeSet

CREATED, CHANGED, DELETED = "+", "~", "-"
COUNTS = {
    CREATED: "created_count",
    CHANGED: "changed_count",
    DELETED: "deleted_count",
}
# Keys in one statement.
CHUNK = 20_000


@dataclass
class Difference:
    """What differs between the objects of one model and their newest versions."""

    model: type[models.Model]
    # By the type of the history row to be written.
    keys: dict[str, list[Any]] = field(default_factory=dict)
    # (type, name of the field) → number of objects
    fields: Counter[tuple[str, str]] = field(default_factory=Counter)
    # The relations of which some object has something to be named.
    related: set[str] = field(default_factory=set)

    def count(self, history_type: str) -> int:
        return len(self.keys.get(history_type, ()))

    @property
    def total(self) -> int:
        return sum(map(len, self.keys.values()))

    @property
    def is_sensitive(self) -> bool:
        """Whether it gives or takes rights, or changes who somebody is."""
        history = Columns(self.model).history
        return any(
            name in history.rights
            or (history_type == CHANGED and name in history.identifiers)
            for history_type, name in self.fields
        )

    def counts(self, change_set: ChangeSet) -> Iterator[ChangeCount]:
        """The rows that tell of it, not saved yet."""
        label = self.model._meta.label_lower
        whole = {COUNTS[kind]: len(keys) for kind, keys in self.keys.items()}
        yield ChangeCount(change_set=change_set, model=label, **whole)
        by_field: dict[str, dict[str, int]] = {}
        for (kind, name), number in sorted(self.fields.items()):
            by_field.setdefault(name, {})[COUNTS[kind]] = number
        for name, numbers in by_field.items():
            yield ChangeCount(change_set=change_set, model=label, field=name, **numbers)


def difference(model: type[models.Model], keys: Iterable[Any]) -> Difference:
    """Compare the live objects with these keys with their newest versions."""
    columns = Columns(model)
    found = Difference(model)
    statement = _comparison(columns)
    tally: Counter[tuple[str, int]] = Counter()
    related = 0
    for some in batched(keys, CHUNK):
        with connection.cursor() as cursor:
            cursor.execute(statement, [key_list(some)])
            for key, kind, mask, has in cursor.fetchall():
                found.keys.setdefault(kind, []).append(key)
                tally[kind, mask] += 1
                related |= has
    for (kind, mask), number in tally.items():
        for name in columns.named(mask):
            found.fields[kind, name] += number
    found.related = set(columns.related(related))
    return found


def _comparison(columns: Columns) -> str:
    """SQL: (key, type of the row to be written, changed fields, relations in use)."""
    return f"""
    SELECT key, kind, mask, has FROM (
        SELECT t.key AS key, {columns.kind("l", "h")} AS kind,
            CASE {columns.kind("l", "h")}
                WHEN '+' THEN {columns.live_rights("l")}
                WHEN '-' THEN {columns.row_rights("h")}
                ELSE {columns.differing("l", "h")} END AS mask,
            {columns.relations_used("l")} AS has
        FROM ({key_rows(columns.model)}) t
        LEFT JOIN {columns.live} l ON l.{columns.pk} = t.key
        LEFT JOIN {columns.rows} h ON h.history_id = {columns.newest("t.key")}
    ) compared
    WHERE kind IS NOT NULL AND (kind <> '~' OR mask <> 0)
    ORDER BY key"""


def write_rows(found: Difference, change_set: ChangeSet, at: datetime) -> None:
    """Write one history row for each object that differs."""
    columns = Columns(found.model)
    for kind, keys in sorted(found.keys.items()):
        for some in batched(keys, CHUNK):
            if kind == DELETED:
                _write_deletions(columns, some, change_set, at)
            else:
                _write_states(columns, some, kind, change_set, at, found.related)


def _head(columns: Columns) -> str:
    return (
        f"INSERT INTO {columns.rows} ({', '.join(columns.copied)}, relations, "
        "history_type, change_set_id, history_date)"
    )


def _write_deletions(
    columns: Columns, keys: Iterable[Any], change_set: ChangeSet, at: datetime
) -> None:
    """A deletion repeats the newest version: the state before the act."""
    copied = ", ".join(f"h.{name}" for name in columns.copied)
    statement = f"""{_head(columns)}
        SELECT {copied}, h.relations, '-', %s, {_MOMENT[connection.vendor]}
        FROM ({key_rows(columns.model)}) t
        JOIN {columns.rows} h ON h.history_id = {columns.newest("t.key")}
        ORDER BY t.key"""
    _execute(statement, [change_set.pk, _moment(at), key_list(keys)])


def _write_states(
    columns: Columns,
    keys: tuple[Any, ...],
    kind: str,
    change_set: ChangeSet,
    at: datetime,
    related: set[str],
) -> None:
    copied = ", ".join(f"l.{name}" for name in columns.copied)
    relations, names = _relations(columns, keys, related)
    statement = f"""{_head(columns)}
        SELECT {copied}, {relations}, '{kind}', %s, {_MOMENT[connection.vendor]}
        FROM ({key_rows(columns.model)}) t
        JOIN {columns.live} l ON l.{columns.pk} = t.key ORDER BY t.key"""
    _execute(statement, [*names, change_set.pk, _moment(at), key_list(keys)])


def _relations(
    columns: Columns, keys: tuple[Any, ...], related: set[str]
) -> tuple[str, list[str]]:
    """SQL for the relations of each live object, and its parameters.

    Names are Python's to make; there are few, so they go in as one JSON object.
    """
    parts: dict[str, str] = {}
    parameters = []
    for relation in tracked_relations(columns.model):
        parts[relation.name] = columns.no_pairs
        if relation.name in related:
            parts[relation.name] = columns.live_pairs(relation, "l")
            parameters.append(json.dumps(names_of(relation, keys)))
    return columns.pairs_by_relation(parts), parameters


# A literal in a SELECT has no type of its own on PostgreSQL.
_MOMENT = {"sqlite": "%s", "postgresql": "CAST(%s AS timestamp with time zone)"}


def _moment(at: datetime) -> Any:
    return connection.ops.adapt_datetimefield_value(at)


def _execute(statement: str, parameters: list[Any]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
