"""The people whom rows are about, as they are now: asked for a chunk at a time."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection

from accounts.imports.columns import COLUMNS, READER_COLUMNS, USER_COLUMNS
from accounts.imports.folding import fold_case
from accounts.models import User
from portal.history.columns import Columns
from readers.models import Branch, Category, Reader


@dataclass(slots=True)
class Person:
    """`texts` are by column, as an export writes them."""

    pk: int
    reader_pk: int | None
    # The newest versions of User and Reader: whatever changes either makes another.
    version: str
    texts: dict[str, str]


class People:
    """Finds people by the column that the rows are matched by."""

    def __init__(self, match: str) -> None:
        self._statement = _statement(match)
        self._folds = match != "card_number"
        self._names = {
            "category": dict(Category.objects.values_list("pk", "name")),
            "branch": dict(Branch.objects.values_list("pk", "code")),
        }

    def keys_of(self, texts: Iterable[str]) -> dict[str, str]:
        """Each text → what the database knows it by."""
        distinct = dict.fromkeys(texts)
        if not self._folds:
            return {text: text for text in distinct}
        # The database folds letters beyond ASCII in its own way.
        foreign = [text for text in distinct if not text.isascii()]
        return {text: text.lower() for text in distinct} | fold_case(foreign)

    def find(self, keys: Iterable[str]) -> dict[str, Person]:
        wanted = list(dict.fromkeys(keys))
        if not wanted:
            return {}
        parameter: Any = wanted
        if connection.vendor == "sqlite":
            parameter = json.dumps(wanted)
        with connection.cursor() as cursor:
            cursor.execute(self._statement, [parameter])
            return {row[0]: self._person(*row[1:]) for row in cursor.fetchall()}

    def _person(
        self, pk: int, reader_pk: int | None, version: str, *values: Any
    ) -> Person:
        texts = dict(zip(COLUMNS, values, strict=True))
        texts["is_active"] = "true" if texts["is_active"] else "false"
        for column, names in self._names.items():
            texts[column] = names.get(texts[column], "")
        return Person(
            pk,
            reader_pk,
            version,
            {name: "" if text is None else text for name, text in texts.items()},
        )


def version_of(user: str, reader: str) -> str:
    """SQL: which versions these live rows (aliases) are, as a text."""
    return (
        f"CAST(COALESCE({Columns(User).newest(f'{user}.id')}, 0) AS text) || '.' || "
        f"CAST(COALESCE({Columns(Reader).newest(f'{reader}.id')}, 0) AS text)"
    )


def key_texts() -> str:
    """SQL for the rows of one column, `key`; its one parameter is a list of texts."""
    if connection.vendor == "sqlite":
        return "SELECT value AS key FROM json_each(%s)"
    return "SELECT unnest(%s::text[]) AS key"


def _statement(match: str) -> str:
    users, readers = Columns(User).live, Columns(Reader).live
    columns = ", ".join(_columns())
    # SQLite keeps this order: by index for each key, never the other way round.
    if match == "card_number":
        joins = f"""CROSS JOIN {readers} r JOIN {users} u ON u.id = r.user_id
            WHERE r.card_number = k.key AND NOT (r.card_number = '')"""
    else:
        filled = " AND NOT (u.email = '')" if match == "email" else ""
        joins = f"""CROSS JOIN {users} u LEFT JOIN {readers} r ON r.user_id = u.id
            WHERE LOWER(u.{match}) = k.key{filled}"""
    return f"""SELECT k.key, u.id, r.id, {version_of("u", "r")}, {columns}
        FROM ({key_texts()}) k {joins}"""


def _columns() -> Iterator[str]:
    for alias, model, names in (
        ("u", User, USER_COLUMNS),
        ("r", Reader, READER_COLUMNS),
    ):
        for name in names:
            field: Any = model._meta.get_field(name)
            column = f"{alias}.{connection.ops.quote_name(field.column)}"
            is_date = field.get_internal_type() == "DateField"
            yield f"CAST({column} AS text)" if is_date else column
