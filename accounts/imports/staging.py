"""The rows of an import with columns of their own types, in a temporary table.

A table of the session, so filling it takes no lock that anybody else would wait for.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.db import connection
from django.utils import timezone

from accounts.imports.checking import BITS
from accounts.imports.columns import COLUMNS, USER_COLUMNS
from accounts.imports.sql import (
    READERS,
    ROWS,
    WRITTEN,
    execute,
    fetch,
    fetch_keys,
    key_of,
    value,
)
from accounts.models import User
from portal.models import ImportJob
from readers.models import Reader

STAGE = "import_stage"
CHUNK = 5000


class Stage:
    """`s` is its alias. New people come first, `n` counting from 1."""

    def __init__(self, job: ImportJob) -> None:
        self.job = job

    def make(self) -> None:
        self.drop()
        types = ", ".join(f"{_column(c)} {_type(c)}" for c in COLUMNS)
        execute(
            f"""CREATE TEMPORARY TABLE {STAGE} (n integer PRIMARY KEY, row_id bigint,
            person_id bigint, user_id bigint, fields integer, {types})"""
        )
        names = ", ".join(_column(c) for c in COLUMNS)
        order = "ORDER BY r.person_id IS NOT NULL, r.number"
        execute(
            f"""INSERT INTO {STAGE} (n, row_id, person_id, user_id, fields, {names})
            SELECT row_number() OVER ({order}), r.id, r.person_id, r.person_id,
                r.fields, {", ".join(_typed(c) for c in COLUMNS)}
            FROM {ROWS} r WHERE {WRITTEN} {order}""",
            [key_of(self.job)],
        )
        self._give_card_numbers()
        if connection.vendor == "postgresql":
            # Numbers of the sequence, so that nobody else gets them.
            execute(
                f"""UPDATE {STAGE} SET user_id = nextval(
                pg_get_serial_sequence(%s, 'id')) WHERE person_id IS NULL""",
                [User._meta.db_table],
            )
            execute(f"ANALYZE {STAGE}")

    def number_people(self) -> None:
        """Choose the keys of new people, once nobody else can write."""
        if connection.vendor == "postgresql":
            return
        last = fetch(
            "SELECT COALESCE(MAX(seq), 0) FROM sqlite_sequence WHERE name = %s",
            [User._meta.db_table],
        )[0][0]
        execute(f"UPDATE {STAGE} SET user_id = {last} + n WHERE person_id IS NULL")

    def take_out(self, row_ids: list[int]) -> None:
        with connection.cursor() as cursor:
            cursor.executemany(
                f"DELETE FROM {STAGE} WHERE row_id = %s", [(row,) for row in row_ids]
            )

    def given(self) -> set[str]:
        """The columns that existing people get another value in."""
        masks = fetch(
            f"SELECT DISTINCT fields FROM {STAGE} WHERE person_id IS NOT NULL"
        )
        return {c for c in COLUMNS for (mask,) in masks if mask & BITS[c]}

    def user_ids(self) -> Iterator[int]:
        return fetch_keys(f"SELECT user_id FROM {STAGE} ORDER BY n")

    def _give_card_numbers(self) -> None:
        """Who gets a Reader gets a number: those that the file names stay free."""
        without = [
            n
            for (n,) in fetch(
                f"""SELECT s.n FROM {STAGE} s LEFT JOIN {READERS} p
                ON p.user_id = s.person_id WHERE p.id IS NULL
                AND s.card_number = '' ORDER BY s.n"""
            )
        ]
        if not without:
            return
        named = fetch(f"SELECT card_number FROM {STAGE} WHERE card_number <> ''")
        numbers = Reader.objects.fresh_card_numbers(number for (number,) in named)
        with connection.cursor() as cursor:
            for start in range(0, len(without), CHUNK):
                some = without[start : start + CHUNK]
                cursor.executemany(
                    f"UPDATE {STAGE} SET card_number = %s WHERE n = %s",
                    list(zip(islice(numbers, len(some)), some, strict=True)),
                )

    def drop(self) -> None:
        execute(f"DROP TABLE IF EXISTS {STAGE}")


@contextmanager
def made(job: ImportJob) -> Iterator[Stage]:
    stage = Stage(job)
    stage.make()
    try:
        yield stage
    finally:
        if connection.is_usable():
            stage.drop()


def field_of(column: str) -> Any:
    model = User if column in USER_COLUMNS else Reader
    return model._meta.get_field(column)


def _column(column: str) -> str:
    return connection.ops.quote_name(field_of(column).column)


def _type(column: str) -> str:
    field = field_of(column)
    return str(
        field.rel_db_type(connection)
        if field.is_relation
        else field.db_type(connection)
    )


def _typed(column: str) -> str:
    """The value, or what a new person has without one; others have it masked out."""
    text = value(column)
    if connection.vendor == "sqlite":
        typed = f"({text})"
    else:
        typed = f"CAST({text} AS {_type(column)})"
    if field_of(column).null:
        return typed
    return f"COALESCE({typed}, {_without(column)})"


def _without(column: str) -> str:
    if column == "is_active":
        return "TRUE"
    if column != "joined_on":
        return "''"
    today = f"'{timezone.localdate().isoformat()}'"
    return today if connection.vendor == "sqlite" else f"CAST({today} AS date)"
