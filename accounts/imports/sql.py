"""SQL over import rows: `r` is always an import row, `%s` its job."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection

from accounts.models import User
from portal.models import ImportJob, ImportRow
from readers.models import Branch, Reader


def table(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)


CHUNK = 5000
ROWS, USERS, READERS, BRANCHES = (
    table(model) for model in (ImportRow, User, Reader, Branch)
)
# Still to be written, as far as is known.
WRITTEN = "r.job_id = %s AND r.outcome IN ('create', 'update') AND NOT r.is_left_out"


def value(name: str, alias: str = "r") -> str:
    """A value of the row as text; NULL when the row says nothing of it."""
    path = f"'$.{name}'" if connection.vendor == "sqlite" else f"'{name}'"
    return f'{alias}."values" ->> {path}'


def key_of(job: ImportJob) -> Any:
    """The job's key as the database keeps it."""
    return ImportJob._meta.pk.get_db_prep_value(job.pk, connection)


def execute(statement: str, parameters: Iterable[Any] = ()) -> int:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return cursor.rowcount


def fetch(statement: str, parameters: Iterable[Any] = ()) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        return cursor.fetchall()


def fetch_keys(statement: str, parameters: Iterable[Any] = ()) -> Iterator[int]:
    """One value of each row, and never a list of them all."""
    with connection.cursor() as cursor:
        cursor.execute(statement, list(parameters))
        while some := cursor.fetchmany(CHUNK):
            yield from (key for (key,) in some)
