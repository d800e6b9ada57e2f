"""The rows that an import wrote, written once more with nothing around it."""

from datetime import date, datetime
from typing import Any

from django.db import connection, transaction

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Reader

# Keys and texts of the copies are their own.
AWAY = 100_000_000
OWN = {"username": "x", "email": "x", "card_number": "X"}


class RawRows:
    """Reads them when made; `write` is what is to be timed."""

    def __init__(self, written: ChangeSet) -> None:
        copy = ChangeSet.objects.create(kind=ChangeSet.Kind.IMPORT, subject="raw")
        self._tables = [
            self._rows(model, history, written.pk, copy.pk)
            for history in (False, True)
            for model in (User, Reader)
        ]

    def write(self) -> None:
        with transaction.atomic(), connection.cursor() as cursor:
            for table, names, rows in self._tables:
                columns = ", ".join(map(connection.ops.quote_name, names))
                if connection.vendor == "postgresql":
                    with cursor.copy(f"COPY {table} ({columns}) FROM STDIN") as copy:
                        for row in rows:
                            copy.write_row(row)
                else:
                    marks = ", ".join(["%s"] * len(names))
                    cursor.executemany(
                        f"INSERT INTO {table} ({columns}) VALUES ({marks})", rows
                    )

    def _rows(
        self, model: Any, is_history: bool, written: int, copy: int
    ) -> tuple[str, list[str], list[tuple[Any, ...]]]:
        """Table, columns, rows."""
        history: Any = model.history.model
        source = history if is_history else model
        columns = [f.column for f in source._meta.concrete_fields]
        names = [name for name in columns if name != "history_id"]
        its = f"SELECT id FROM {_table(history)} WHERE change_set_id = %s"
        with connection.cursor() as cursor:
            cursor.execute(
                f"""SELECT {", ".join(names)} FROM {_table(source)}
                WHERE {"change_set_id = %s" if is_history else f"id IN ({its})"}
                ORDER BY id""",
                [written],
            )
            found = cursor.fetchall()
        changed = {"change_set_id": lambda _old: copy}
        for name in ("id", "user_id"):
            changed[name] = lambda old: old + AWAY
        for name, prefix in OWN.items():
            changed[name] = lambda old, prefix=prefix: old and prefix + old
        change = [changed.get(name, _plain) for name in names]
        rows = [
            tuple(act(value) for act, value in zip(change, row, strict=True))
            for row in found
        ]
        return _table(source), names, rows


def _table(model: Any) -> str:
    return connection.ops.quote_name(model._meta.db_table)


def _plain(value: Any) -> Any:
    """As the driver takes it without a thought."""
    is_text = connection.vendor == "sqlite" and isinstance(value, date | datetime)
    return str(value) if is_text else value
