"""Import rows, written many at once: the ORM would take most of a check's time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from django.db import connection

from portal.models import ImportRow


@dataclass(slots=True)
class NewRow:
    """An import row to be. What is JSON in it is given as text, or None."""

    number: int
    outcome: str
    cells: str
    values: str | None = None
    changes: str | None = None
    messages: str | None = None
    remarks: str | None = None
    fields: int = 0
    username: str = ""
    email: str = ""
    card_number: str = ""
    likeness: str = ""
    person_id: int | None = None
    version: str = ""


_NAMES = [field.name for field in fields(NewRow)]
_values = attrgetter(*_NAMES)


def add_rows(job_id: Any, rows: Iterable[NewRow]) -> None:
    job_value = ImportRow._meta.get_field("job").get_db_prep_value(job_id, connection)
    records = [(job_value, False, *_values(row)) for row in rows]
    names = ["job_id", "is_left_out", *_NAMES]
    table = connection.ops.quote_name(ImportRow._meta.db_table)
    columns = ", ".join(map(connection.ops.quote_name, names))
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            _copy(cursor, f"COPY {table} ({columns}) FROM STDIN", records)
        else:
            marks = ", ".join(["%s"] * len(names))
            cursor.executemany(
                f"INSERT INTO {table} ({columns}) VALUES ({marks})", records
            )


def _copy(cursor: Any, statement: str, records: Sequence[Sequence[Any]]) -> None:
    with cursor.copy(statement) as copy:
        for record in records:
            copy.write_row(record)
