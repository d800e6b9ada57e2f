"""SQL over the columns of a tracked model and of its history rows.

Everywhere `live` and `row` are aliases: of the model's table, of its history's.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Any

from django.db import connection, models

from portal.history.snapshot import (
    history_model_of,
    tracked_fields,
    tracked_relations,
)


def _is_sqlite() -> bool:
    return connection.vendor == "sqlite"


class Columns:
    """The tracked fields of a model, each with its bit in a mask.

    A mask tells in one number which fields an object differs in.
    """

    def __init__(self, model: type[models.Model]) -> None:
        self.model = model
        self.history = history_model_of(model)
        self.fields = [f for f in tracked_fields(model) if not f.primary_key]
        self.relations = tracked_relations(model)
        self.bits = {
            each.name: 1 << n for n, each in enumerate([*self.fields, *self.relations])
        }

    @cached_property
    def live(self) -> str:
        return connection.ops.quote_name(self.model._meta.db_table)

    @cached_property
    def rows(self) -> str:
        return connection.ops.quote_name(self.history._meta.db_table)

    @cached_property
    def pk(self) -> str:
        return connection.ops.quote_name(str(self.model._meta.pk.column))

    @cached_property
    def copied(self) -> list[str]:
        """The columns that a history row has in common with the live row."""
        return [_quoted(field) for field in tracked_fields(self.model)]

    def named(self, mask: int) -> Iterator[str]:
        """The names of the fields and relations in a mask."""
        return (name for name, bit in self.bits.items() if mask & bit)

    def related(self, mask: int) -> Iterator[str]:
        return (each.name for each in self.relations if mask & self.bits[each.name])

    def newest(self, key: str) -> str:
        """The history_id of an object's newest version."""
        number = "n.history_id"
        if not _is_sqlite():
            # Plainly, PostgreSQL may walk the whole table back from its end for each.
            number += " + 0"
        return f"(SELECT MAX({number}) FROM {self.rows} n WHERE n.{self.pk} = {key})"

    def kind(self, live: str, row: str) -> str:
        """The type of history row that is missing; NULL if the object never was."""
        return f"""CASE WHEN {live}.{self.pk} IS NULL THEN
                CASE WHEN {row}.history_type <> '-' THEN '-' END
            WHEN {row}.history_type IS NULL OR {row}.history_type = '-' THEN '+'
            ELSE '~' END"""

    def differing(self, live: str, row: str) -> str:
        """The mask of what differs between a live row and a version."""
        return _mask(
            [
                *(
                    (_differ(f"{live}.{_quoted(f)}", f"{row}.{_quoted(f)}"), f)
                    for f in self.fields
                ),
                *(
                    (_differ(self.live_ids(r, live), self.row_ids(r, row)), r)
                    for r in self.relations
                ),
            ],
            self.bits,
        )

    def live_rights(self, live: str) -> str:
        """The mask of the fields that give rights and have something in them."""
        return self._rights(live, self.live_ids)

    def row_rights(self, row: str) -> str:
        """The same, of a version."""
        return self._rights(row, self.row_ids)

    def _rights(self, alias: str, ids: Callable[[Any, str], str]) -> str:
        rights = self.history.rights
        flags = [(_is_given(f, alias), f) for f in self.fields if f.name in rights]
        related = [
            (f"{ids(r, alias)} IS NOT NULL", r)
            for r in self.relations
            if r.name in rights
        ]
        return _mask([*flags, *related], self.bits)

    def relations_used(self, live: str) -> str:
        """The mask of the relations in which a live object has anything."""
        conditions = []
        for relation in self.relations:
            through, owner, _target = _link(relation)
            its = f"SELECT 1 FROM {through} x WHERE x.{owner} = {live}.{self.pk}"
            conditions.append((f"EXISTS ({its})", relation))
        return _mask(conditions, self.bits)

    def live_ids(self, relation: Any, live: str) -> str:
        """The keys of the related objects as text, NULL if there are none."""
        through, owner, target = _link(relation)
        its = f"FROM {through} x WHERE x.{owner} = {live}.{self.pk}"
        if _is_sqlite():
            ordered = f"SELECT x.{target} AS k {its} ORDER BY x.{target}"
            return f"(SELECT group_concat(k) FROM ({ordered}))"
        return (
            f"(SELECT string_agg(CAST(x.{target} AS text), ',' "
            f"ORDER BY x.{target}) {its})"
        )

    def row_ids(self, relation: Any, row: str) -> str:
        """The same, of a version; the pairs in it are ordered by key already."""
        if _is_sqlite():
            return (
                "(SELECT group_concat(json_extract(value, '$[0]')) "
                f"FROM json_each({row}.relations, '$.{relation.name}'))"
            )
        pairs = f"jsonb_array_elements({row}.relations -> '{relation.name}')"
        return (
            "(SELECT string_agg(pair ->> 0, ',' ORDER BY n) "
            f"FROM {pairs} WITH ORDINALITY AS each(pair, n))"
        )

    def live_pairs(self, relation: Any, live: str) -> str:
        """JSON: [[key, name], …]; its one parameter is {key: name} as JSON."""
        through, owner, target = _link(relation)
        its = f"FROM {through} x WHERE x.{owner} = {live}.{self.pk}"
        if _is_sqlite():
            name = f"""json_extract(%s, '$."' || x.{target} || '"')"""
            pair = f"SELECT json_array(x.{target}, {name}) AS pair {its}"
            ordered = f"{pair} ORDER BY x.{target}"
            return f"(SELECT json_group_array(json(pair)) FROM ({ordered}))"
        name = f"CAST(%s AS jsonb) ->> CAST(x.{target} AS text)"
        return (
            f"COALESCE((SELECT jsonb_agg(jsonb_build_array(x.{target}, {name}) "
            f"ORDER BY x.{target}) {its}), '[]')"
        )

    @property
    def no_pairs(self) -> str:
        return "json('[]')" if _is_sqlite() else "CAST('[]' AS jsonb)"

    def pairs_by_relation(self, parts: dict[str, str]) -> str:
        """JSON: relation → its pairs, which `parts` has as SQL."""
        maker = "json_object" if _is_sqlite() else "jsonb_build_object"
        return f"{maker}({', '.join(f"'{n}', {sql}" for n, sql in parts.items())})"


def _quoted(field: Any) -> str:
    return connection.ops.quote_name(str(field.column))


def _is_given(field: Any, alias: str) -> str:
    column = f"{alias}.{_quoted(field)}"
    # PostgreSQL takes nothing else for true.
    is_flag = isinstance(field, models.BooleanField)
    return column if is_flag else f"{column} IS NOT NULL"


def _differ(one: str, other: str) -> str:
    return f"{one} {'IS NOT' if _is_sqlite() else 'IS DISTINCT FROM'} {other}"


def _mask(conditions: Iterable[tuple[str, Any]], bits: dict[str, int]) -> str:
    parts = [
        f"CASE WHEN {condition} THEN {bits[each.name]} ELSE 0 END"
        for condition, each in conditions
    ]
    return " + ".join(parts) or "0"


def _link(relation: Any) -> tuple[str, str, str]:
    """The table between, its column for the owner and that for the related object."""
    quote = connection.ops.quote_name
    return (
        quote(relation.m2m_db_table()),
        quote(relation.m2m_column_name()),
        quote(relation.m2m_reverse_name()),
    )
