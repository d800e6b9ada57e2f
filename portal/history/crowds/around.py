"""What the steps that Python looks at may ask about all the others that go back."""

from collections.abc import Iterable
from typing import Any

from django.db import connection, models

from portal.history.crowds.rules import leaving_rows
from portal.history.crowds.tables import Fate, Tables
from portal.history.keys import key_list, key_rows
from portal.history.obstacles import Around


class CrowdsAround(Around):
    def __init__(self, tables: Tables) -> None:
        self.tables = tables

    def coming(self, model: type[models.Model], pks: Iterable[Any]) -> set[Any]:
        return self._ready(model, pks, "kind = 'create'")

    def giving_up(
        self, model: type[models.Model], name: str, pks: Iterable[Any]
    ) -> set[Any]:
        if model not in self.tables:
            return set()
        bit = self.tables[model].columns.bits[name]
        gives = f"(kind = 'delete' OR kind = 'update' AND mask & {bit} <> 0)"
        return self._ready(model, pks, gives)

    def leaving(self, model: type[models.Model], name: str, pks: set[Any]) -> set[Any]:
        field: Any = model._meta.get_field(name)
        if model not in self.tables or field.many_to_many:
            return set()
        table, column = self.tables[model], connection.ops.quote_name(field.column)
        return _keys(
            table.all(
                f"""SELECT r.{table.columns.pk} FROM {table.columns.live} r
                WHERE r.{column} IN ({key_rows(field.related_model)})
                AND EXISTS ({leaving_rows(table, field)})""",
                [key_list(pks)],
            )
        )

    def _ready(
        self, model: type[models.Model], pks: Iterable[Any], condition: str
    ) -> set[Any]:
        if model not in self.tables:
            return set()
        return _keys(
            self.tables[model].all(
                f"""SELECT pk FROM {{table}} WHERE pk IN ({key_rows(model)})
                AND fate = {Fate.READY:d} AND {condition}""",
                [key_list(pks)],
            )
        )


def _keys(rows: list[Any]) -> set[Any]:
    return {key for (key,) in rows}
