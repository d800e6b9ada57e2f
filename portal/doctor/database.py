"""The database itself: does it answer, is it migrated, is it set up to be safe?"""

import sqlite3
from collections.abc import Iterator

from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.doctor.registry import (
    Finding,
    database_problem,
    error,
    examines,
    ok,
    warning,
)

OLDEST_POSTGRESQL = 15
# As the settings ask for them, and SQLite tells them.
PRAGMAS = {
    "journal_mode": "wal",
    "synchronous": 2,
    "foreign_keys": 1,
    "recursive_triggers": 1,
}
# Without them, a power cut takes commits along.
POSTGRESQL_SETTINGS = ("fsync", "full_page_writes", "synchronous_commit")


@examines("Database")
def look_at_database() -> Iterator[Finding]:
    if problem := database_problem():
        yield error(
            f"does not answer: {problem}",
            "Start the database server, or correct DATABASE_URL.",
        )
    elif connection.vendor == "sqlite":
        yield ok(f"SQLite {sqlite3.sqlite_version}: {connection.settings_dict['NAME']}")
    else:
        yield _postgresql(connection.connection.info.server_version // 10_000)


def _postgresql(major: int) -> Finding:
    found = f"PostgreSQL {major}"
    if major < OLDEST_POSTGRESQL:
        return warning(found, f"Use PostgreSQL {OLDEST_POSTGRESQL} or newer.")
    return ok(found)


@examines("Migrations", needs_database=True)
def look_at_migrations() -> Iterator[Finding]:
    loader = MigrationExecutor(connection).loader
    known, applied = loader.disk_migrations, loader.applied_migrations
    ours = {app for app, _name in known}
    if unknown := sorted(key for key in applied if key not in known and key[0] in ours):
        yield error(
            f"{'.'.join(unknown[0])} is of a newer version of the portal",
            "Install that version, or restore a backup from before it.",
        )
    if waiting := sorted(key for key in known if key not in applied):
        yield error(
            f"{len(waiting)} wait, such as {'.'.join(waiting[0])}",
            "Run: manage.py migrate",
        )
    if not (unknown or waiting):
        yield ok(f"{len(applied)} applied, none waits")


@examines("Database settings", needs_database=True)
def look_at_settings() -> Iterator[Finding]:
    if connection.vendor == "sqlite":
        asked, wanted = "PRAGMA {}", PRAGMAS
    else:
        asked, wanted = "SHOW {}", dict.fromkeys(POSTGRESQL_SETTINGS, "on")
    there = {name: _value(asked.format(name)) for name in wanted}
    for name, value in there.items():
        if value != wanted[name]:
            yield error(
                f"{name} is {value}, and should be {wanted[name]}",
                "Without it, commits or their order can be lost. Put it back.",
            )
    if there == wanted:
        yield ok(", ".join(f"{name} {value}" for name, value in there.items()))


def _value(question: str) -> object:
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]
