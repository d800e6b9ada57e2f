"""System checks of the portal's own settings and surroundings."""

import sqlite3
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from portal.history import guard

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


@register()
def check_import_export_permissions(**kwargs: Any) -> list[CheckMessage]:
    """Without these settings import-export opens both pages to all staff."""
    unset = [
        name
        for name in (
            "IMPORT_EXPORT_IMPORT_PERMISSION_CODE",
            "IMPORT_EXPORT_EXPORT_PERMISSION_CODE",
        )
        if not getattr(settings, name, None)
    ]
    return [
        Error(
            f"{name} is not set.",
            hint="Set it, or every staff member may use the page.",
            id="portal.E001",
        )
        for name in unset
    ]


# So many characters at least: it is asked for by anybody, as often as they like.
TOKEN_LENGTH = 20


@register(Tags.security)
def check_health_token(**kwargs: Any) -> list[CheckMessage]:
    if not settings.HEALTH_TOKEN or len(settings.HEALTH_TOKEN) >= TOKEN_LENGTH:
        return []
    return [
        Warning(
            "HEALTH_TOKEN is short enough to be guessed.",
            hint=(
                'Make one with: python -c "import secrets; '
                'print(secrets.token_urlsafe(30))"'
            ),
            id="portal.W020",
        )
    ]


def has_waiting_migrations(database: BaseDatabaseWrapper) -> bool:
    executor = MigrationExecutor(database)
    return bool(executor.migration_plan(executor.loader.graph.leaf_nodes()))


@register(Tags.database)
def check_history_is_guarded(**kwargs: Any) -> list[CheckMessage]:
    """Without its triggers, history can be rewritten, and nobody is told."""
    missing = guard.missing(connection)
    # `migrate` runs this check first; what it is about to put up must not stop it.
    if not missing or has_waiting_migrations(connection):
        return []
    return [
        Error(
            "History can be rewritten: the database lacks these triggers: "
            f"{', '.join(missing)}.",
            hint="Put them back with: manage.py migrate --skip-checks",
            id="portal.E002",
        )
    ]
