"""Usernames made from a template get a number where somebody has the name already."""

import json
from itertools import batched

from django.db import connection, transaction

from accounts.imports.checking import BITS, WISH
from accounts.imports.columns import KEY
from accounts.imports.persons import key_texts
from accounts.imports.sql import ROWS, USERS, fetch, key_of, value
from portal.imports.lease import Lease
from portal.models import ImportJob

CHUNK = 2000


def name_people(job: ImportJob, lease: Lease | None = None) -> None:
    """Give each new person without a username the one wished for, or with a number."""
    wishes = fetch(
        f"""SELECT r.id, {value(WISH)} FROM {ROWS} r
        WHERE r.job_id = %s AND r.username = '' AND {value(WISH)} IS NOT NULL
        ORDER BY r.number""",
        [key_of(job)],
    )
    if not wishes:
        return
    in_file = {
        name
        for (name,) in fetch(
            f"""SELECT LOWER(r.username) FROM {ROWS} r
            WHERE r.job_id = %s AND r.username <> ''""",
            [key_of(job)],
        )
    }
    last: dict[str, int] = {}
    for some in batched(wishes, CHUNK):
        with transaction.atomic():
            _write(_names(dict(some), in_file, last))
            if lease is not None:
                lease.keep()


def _names(
    wishes: dict[int, str], in_file: set[str], last: dict[str, int]
) -> dict[int, str]:
    """Row → its name; the name is then one of those in the file."""
    names: dict[int, str] = {}
    while wishes:
        tried = {row: _next(wish, last) for row, wish in wishes.items()}
        taken = _taken([name.lower() for name in tried.values()])
        for row, name in tried.items():
            if (key := name.lower()) not in taken and key not in in_file:
                names[row] = name
                in_file.add(key)
                del wishes[row]
    return names


def _write(names: dict[int, str]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"""UPDATE {ROWS} SET username = %s, "values" = {_with_username()},
            fields = fields | {BITS[KEY]} WHERE id = %s""",
            [(name, name, row) for row, name in names.items()],
        )


def _next(wish: str, last: dict[str, int]) -> str:
    """`anna`, then `anna2`, `anna3`, and so on, for one wish after the other."""
    number = last[wish] = last.get(wish, 0) + 1
    return wish if number == 1 else f"{wish}{number}"


def _taken(keys: list[str]) -> set[str]:
    """Those that somebody has."""
    parameter: object = json.dumps(keys) if connection.vendor == "sqlite" else keys
    statement = f"""SELECT k.key FROM ({key_texts()}) k
        CROSS JOIN {USERS} u WHERE LOWER(u.username) = k.key"""
    return {name for (name,) in fetch(statement, [parameter])}


def _with_username() -> str:
    if connection.vendor == "sqlite":
        return "json_set(\"values\", '$.username', %s)"
    return "jsonb_set(\"values\", '{username}', to_jsonb(CAST(%s AS text)))"
