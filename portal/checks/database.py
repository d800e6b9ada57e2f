"""Whether the database is one that the portal can rely on."""

import sqlite3
from typing import Any

from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

# SQLite's WAL-reset bug can lose commits; it is fixed in these and later versions
# (https://sqlite.org/wal.html#walresetbug).
FIXED_SQLITE_BACKPORTS = {(3, 44): 6, (3, 50): 7}
FIXED_SQLITE = (3, 51, 3)


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    backport = FIXED_SQLITE_BACKPORTS.get(version[:2])
    if backport is not None:
        return version[2] < backport
    return version < FIXED_SQLITE


@register(Tags.database)
def check_sqlite_version(**kwargs: Any) -> list[CheckMessage]:
    if connection.vendor != "sqlite" or not has_wal_reset_bug(
        sqlite3.sqlite_version_info
    ):
        return []
    return [
        Warning(
            f"SQLite {sqlite3.sqlite_version} has the WAL-reset bug.",
            hint=(
                "Use a Python built with SQLite 3.51.3 (or 3.50.7, 3.44.6) or newer, "
                "or PostgreSQL, for data you care about."
            ),
            id="portal.W001",
        )
    ]


def folds_every_script(database: BaseDatabaseWrapper) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT LOWER('Ä') = 'ä'")
        return bool(cursor.fetchone()[0])


@register(Tags.database)
def check_case_folding(**kwargs: Any) -> list[CheckMessage]:
    """Usernames and e-mails are unique by the database's LOWER()."""
    if folds_every_script(connection):
        return []
    return [
        Warning(
            "The database folds the case of ASCII letters alone: «Ä» and «ä» could be "
            "two usernames, and a search for one would not find the other.",
            hint="Make the database with a UTF-8 locale, such as C.UTF-8.",
            id="portal.W002",
        )
    ]


# What each connection must say of itself; config/sqlite.py asks for it.
PRAGMAS = {
    "foreign_keys": (1, "keys to rows that are not there could be written"),
    "journal_mode": ("wal", "whoever reads would wait for whoever writes"),
    "recursive_triggers": (1, "INSERT OR REPLACE could rewrite history"),
    "synchronous": (2, "a power cut could lose what was committed"),
}
LEAST_TIMEOUT = 5_000


@register(Tags.database)
def check_pragmas(**kwargs: Any) -> list[CheckMessage]:
    """Asks the connection: a setting that is there may still not be in force."""
    if connection.vendor != "sqlite":
        return []
    wrong = []
    for name, (wanted, danger) in PRAGMAS.items():
        found = pragma(connection, name)
        if found != wanted:
            wrong.append(f"{name} is {found} and not {wanted}: {danger}")
    timeout = pragma(connection, "busy_timeout")
    if timeout < LEAST_TIMEOUT:
        wrong.append(f"busy_timeout is {timeout} ms: writers would fail at once")
    if getattr(connection, "transaction_mode", None) != "IMMEDIATE":
        wrong.append(
            "transaction_mode is not IMMEDIATE: writers would fail in the middle"
        )
    return [
        Error(
            f"SQLite: {each}.",
            hint="Leave OPTIONS of the database as config/sqlite.py has them.",
            id="portal.E003",
        )
        for each in wrong
    ]


def pragma(database: BaseDatabaseWrapper, name: str) -> Any:
    with database.cursor() as cursor:
        cursor.execute(f"PRAGMA {name}")
        return cursor.fetchone()[0]
