"""PostgreSQL: dumped by pg_dump in one snapshot, and loaded in one transaction."""

import subprocess  # nosec B404
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connection, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.backup.loading import load
from portal.backup.problems import BackupError, OnStep
from portal.backup.programs import address, error_of, find_program

DUMP_OPTIONS = ("--format=custom", "--no-owner", "--no-privileges", "--no-comments")
# Who still writes after so long keeps the portal running.
LOCK_TIMEOUT = "5s"
OTHERS = """
    SELECT pid, COALESCE(NULLIF(application_name, ''), usename, '')
    FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND backend_type = 'client backend'
    ORDER BY pid
"""
# What belongs to an extension comes and goes with it.
OUR_FUNCTIONS = """
    SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = current_schema()::regnamespace AND NOT EXISTS (
        SELECT 1 FROM pg_depend d WHERE d.objid = p.oid AND d.deptype = 'e'
    )
"""


def version() -> str:
    connection.ensure_connection()
    return str(connection.connection.info.server_version)


@contextmanager
def snapshot(target: Path, on_step: OnStep) -> Iterator[BaseDatabaseWrapper]:
    program = find_program("pg_dump", at_least=_server_major())
    # Not the default connection, which may be in the middle of something.
    reader = connection.copy()
    try:
        with reader.cursor() as cursor:
            cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            cursor.execute("SELECT pg_export_snapshot()")
            moment = cursor.fetchone()[0]
        on_step("Copying the database", 0, 0)
        _dump(program, target, moment)
        yield reader
    finally:
        reader.close()


def others() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(OTHERS)
        return [f"{name or 'a program'} (process {pid})" for pid, name in cursor]


@contextmanager
def taking_over(
    source: Path, keep_old: Callable[[Any], None], on_step: OnStep
) -> Iterator[None]:
    program = find_program("pg_restore", at_least=_server_major())
    try:
        with transaction.atomic():
            _keep_writers_out()
            keep_old(snapshot)
            _drop_everything()
            load(program, source, on_step)
            yield
            if found := others():
                raise BackupError(f"Somebody came meanwhile: {', '.join(found)}.")
    finally:
        connection.close()


def problems() -> list[str]:
    """The load has put up each constraint, or failed."""
    return []


def _server_major() -> int:
    return int(version()) // 10_000


def _dump(program: str, target: Path, moment: str) -> None:
    conninfo, environment = address()
    said = subprocess.run(  # nosec B603
        [
            program,
            *DUMP_OPTIONS,
            f"--snapshot={moment}",
            f"--file={target}",
            f"--dbname={conninfo}",
        ],
        check=False,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
    )
    if said.returncode:
        raise BackupError(f"The database could not be copied: {error_of(said)}.")


def _tables() -> str:
    names = connection.introspection.table_names(include_views=False)
    return ", ".join(map(connection.ops.quote_name, names))


def _keep_writers_out() -> None:
    """Until the end of the transaction; those who read, such as pg_dump, may."""
    tables = _tables()
    with connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{LOCK_TIMEOUT}'")
        if tables:
            cursor.execute(f"LOCK TABLE {tables} IN SHARE MODE")


def _drop_everything() -> None:
    tables = _tables()
    with connection.cursor() as cursor:
        if tables:
            cursor.execute(f"DROP TABLE {tables} CASCADE")
        cursor.execute(OUR_FUNCTIONS)
        for (function,) in cursor.fetchall():
            cursor.execute(f"DROP FUNCTION {function} CASCADE")
