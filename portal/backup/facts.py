"""What a copy of the database holds, for the manifest."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from portal.backup.problems import BackupError
from portal.models import ExportJob, ImportJob, Seal


@dataclass(frozen=True)
class Facts:
    """`jobs` are the keys of all imports and exports, as their files are named."""

    migrations: list[list[str]]
    rows: dict[str, int]
    head: str
    jobs: frozenset[str]


def facts_of(database: BaseDatabaseWrapper) -> Facts:
    tables = database.introspection.table_names()
    if Seal._meta.db_table not in tables:
        raise BackupError("The portal's tables are not there: run `manage.py migrate`.")
    with database.cursor() as cursor:
        return Facts(
            migrations=_migrations(cursor),
            rows=row_counts(database),
            head=_head(cursor),
            jobs=frozenset(_jobs(cursor, tables)),
        )


def row_counts(database: BaseDatabaseWrapper) -> dict[str, int]:
    with database.cursor() as cursor:
        tables = database.introspection.table_names(cursor)
        return {table: _count(cursor, table) for table in tables}


def _migrations(cursor: Any) -> list[list[str]]:
    cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
    return [list(key) for key in cursor.fetchall()]


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f'SELECT COUNT(*) FROM "{table}"')
    return cursor.fetchone()[0]


def _head(cursor: Any) -> str:
    cursor.execute(
        f"SELECT position, digest FROM {Seal._meta.db_table} "
        "ORDER BY position DESC LIMIT 1"
    )
    found = cursor.fetchone()
    return f"{found[0]}:{found[1]}" if found else ""


def _jobs(cursor: Any, tables: list[str]) -> Iterator[str]:
    """Before an upgrade is migrated, tables that the code knows are not there yet."""
    for table in (ImportJob._meta.db_table, ExportJob._meta.db_table):
        if table not in tables:
            continue
        cursor.execute(f"SELECT id FROM {table}")
        # SQLite keeps them as text without hyphens.
        yield from (str(uuid.UUID(str(key))) for (key,) in cursor.fetchall())
