"""SQLite: copies by its own backup, which reads and writes as one transaction.

The file is never copied or renamed: what is still in the WAL would be missing, and
whoever has the old file open would go on writing to it.
"""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.backup.problems import BackupError, OnStep

# At once; between such steps, progress is told.
PAGES = 4096


def version() -> str:
    return sqlite3.sqlite_version


@contextmanager
def snapshot(
    target: Path, on_step: OnStep, source: sqlite3.Connection | None = None
) -> Iterator[BaseDatabaseWrapper]:
    """`source` is a connection that keeps the file to itself, where there is one."""
    _make_private(target)
    if source is not None:
        _copy_as_of_now(source, target, on_step)
    else:
        with closing(_connect(live_path())) as live:
            _copy_as_of_now(live, target, on_step)
    copy = connection.copy()
    copy.settings_dict["NAME"] = target
    try:
        yield copy
    finally:
        copy.close()


def others() -> list[str]:
    path = live_path()
    connection.close()
    if not path.exists():
        return []
    try:
        with _exclusive(path):
            return []
    except sqlite3.OperationalError as error:
        return [f"somebody has {path} open ({error})"]


@contextmanager
def taking_over(
    source: Path, keep_old: Callable[[Any], None], on_step: OnStep
) -> Iterator[None]:
    path = live_path()
    with _default_at(source):
        yield
    _make_private(path)
    with _exclusive(path) as target, closing(_connect(source)) as copy:
        keep_old(lambda part, on_its_step: snapshot(part, on_its_step, source=target))
        # One transaction: a kill leaves a journal, by which the old comes back.
        _copy(copy, target, "Switching", on_step)


def problems() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check(10)")
        found = [text for (text,) in cursor.fetchall() if text != "ok"]
        cursor.execute("PRAGMA foreign_key_check")
        found += [
            f"{table}, row {row}, names a row of {parent} that is not there"
            for table, row, parent, _number in cursor.fetchmany(10)
        ]
    return found


def live_path() -> Path:
    return Path(connection.settings_dict["NAME"])


@contextmanager
def _default_at(path: Path) -> Iterator[None]:
    """Let the default connection show another file."""
    connection.close()
    usual = connection.settings_dict["NAME"]
    connection.settings_dict["NAME"] = path
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual


@contextmanager
def _exclusive(path: Path) -> Iterator[sqlite3.Connection]:
    """Nobody else has the file open, idle or not, and nobody can begin to use it."""
    with closing(_connect(path, timeout=0)) as alone:
        alone.execute("PRAGMA locking_mode=EXCLUSIVE")
        alone.execute("PRAGMA synchronous=FULL")
        alone.execute("BEGIN IMMEDIATE")
        alone.execute("COMMIT")
        yield alone


def _copy_as_of_now(source: sqlite3.Connection, target: Path, on_step: OnStep) -> None:
    # A read transaction of its own: else each commit of others begins the copy anew.
    source.execute("BEGIN")
    source.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()
    with closing(_connect(target)) as copy:
        _copy(source, copy, "Copying the database", on_step)
        damage = copy.execute("PRAGMA quick_check(1)").fetchone()[0]
    source.execute("ROLLBACK")
    if damage != "ok":
        raise BackupError(f"The database is damaged, and was not backed up: {damage}.")


def _copy(
    source: sqlite3.Connection, target: sqlite3.Connection, what: str, on_step: OnStep
) -> None:
    source.backup(
        target,
        pages=PAGES,
        progress=lambda _status, left, total: on_step(what, total - left, total),
    )


def _connect(path: Path, timeout: float = 20) -> sqlite3.Connection:
    """To a file that is there; none is made."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw",
        uri=True,
        timeout=timeout,
        isolation_level=None,
    )


def _make_private(path: Path) -> None:
    """Make the file, for its owner alone; one that is there stays as it is."""
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
