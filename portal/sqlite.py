"""What SQLite needs to behave as PostgreSQL does."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import DatabaseError
from django.db import connection as default
from django.db.backends.base.base import BaseDatabaseWrapper

# In milliseconds, for one that has no time to wait for its turn.
HURRY = 1000
# In KiB, which SQLite wants negative.
ROOMY_CACHE = -64_000


def unicode_lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def fold_case_in_unicode(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let LOWER() fold every script, as PostgreSQL's does, not ASCII alone.

    The unique indexes on LOWER(username) and LOWER(email) rest on it. Django opens
    every connection through this signal; a tool that opens the file by itself must
    not rebuild those indexes.
    """
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "LOWER", 1, unicode_lower, deterministic=True
        )


@contextmanager
def roomy_cache() -> Iterator[None]:
    """Let SQLite keep 64 MB of the database's pages at hand, not two.

    For one that writes a hundred thousand rows while others wait: their indexes are
    touched all over. Not for every connection, for each thread has one.
    """
    if default.vendor != "sqlite":
        yield
        return
    with default.cursor() as cursor:
        cursor.execute("PRAGMA cache_size")
        usual = cursor.fetchone()[0]
        cursor.execute(f"PRAGMA cache_size = {ROOMY_CACHE}")
    try:
        yield
    finally:
        with default.cursor() as cursor:
            cursor.execute(f"PRAGMA cache_size = {usual}")


@contextmanager
def hurried() -> Iterator[None]:
    """Let SQLite give up after a second where another one writes."""
    if default.vendor != "sqlite":
        yield
        return
    usual = default.settings_dict["OPTIONS"]["timeout"] * 1000
    with default.cursor() as cursor:
        cursor.execute(f"PRAGMA busy_timeout = {HURRY}")
    try:
        yield
    finally:
        with default.cursor() as cursor:
            cursor.execute(f"PRAGMA busy_timeout = {usual}")


def is_busy(error: DatabaseError) -> bool:
    """Another one writes: that is all."""
    return _code(error) == sqlite3.SQLITE_BUSY


def will_pass(error: Exception) -> bool:
    """Whether somebody will mend it: another one writes, the disk is full or away.

    On a server, its being away has no code of its own.
    """
    if default.vendor != "sqlite":
        return True
    return _code(error) in (
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
    )


def _code(error: Exception) -> int | None:
    """SQLite's own code, without what it tells more closely."""
    cause = error.__cause__
    return cause.sqlite_errorcode & 0xFF if isinstance(cause, sqlite3.Error) else None
