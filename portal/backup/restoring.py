"""Brings a backup back: everything, or nothing."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from portal import heartbeats
from portal.backup import files
from portal.backup.archive import DATABASE, Archive, opened
from portal.backup.engines import Snapshot, engine
from portal.backup.making import default_path, make_backup, work_folder
from portal.backup.manifest import Manifest
from portal.backup.preparing import prepare
from portal.backup.problems import BackupError, OnStep, as_backup_error
from portal.models import Heartbeat

# A worker that was silent for so long does not run any more.
SILENCE = 30.0
KEPT_PREFIX = "before-restore-"


@dataclass(frozen=True)
class Restored:
    """`kept` is the backup of what was there before, if anything was."""

    manifest: Manifest
    kept: Path | None


def look(path: Path, *, replace: bool, on_step: OnStep) -> tuple[Manifest, list[str]]:
    """What the backup says of itself, and what keeps it from being restored here.

    Raises BackupError when the file is damaged, or no backup.
    """
    with as_backup_error(f"{path} cannot be read"), opened(path) as archive:
        archive.verify(on_step)
        return archive.manifest, list(_obstacles(archive.manifest, replace))


def restore(
    path: Path, *, replace: bool, accept_findings: bool = False, on_step: OnStep
) -> Restored:
    """Put the backup in the place of the database, after a backup of what is there."""
    with as_backup_error("Nothing was restored"), opened(path) as archive:
        archive.verify(on_step)
        for obstacle in _obstacles(archive.manifest, replace):
            raise BackupError(obstacle)
        folder = Path(settings.BACKUP_DIR)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        kept = default_path(KEPT_PREFIX) if replace and _has_tables() else None
        with work_folder(folder) as work:
            copies = _extract(archive, work, on_step)
            keep = partial(_keep_old, kept, on_step)
            with engine().taking_over(copies.pop(DATABASE), keep, on_step):
                prepare(archive.manifest, accept_findings, on_step)
                _place(copies)
    return Restored(archive.manifest, kept)


def _has_tables() -> bool:
    return bool(connection.introspection.table_names())


def _keep_old(path: Path | None, on_step: OnStep, snapshot: Snapshot) -> None:
    if path is not None:
        make_backup(path, on_step=on_step, snapshot=snapshot)


def _obstacles(manifest: Manifest, replace: bool) -> Iterator[str]:
    if manifest.engine != connection.vendor:
        yield (
            f"The backup is of {manifest.engine}, and DATABASE_URL names a database of "
            f"{connection.vendor}."
        )
        return
    known = MigrationLoader(None).disk_migrations
    if unknown := [key for key in manifest.migrations if tuple(key) not in known]:
        yield (
            "A newer version of the portal made this backup: it has the migration "
            f"{'.'.join(unknown[0])}. Restore it with that version."
        )
    yield from _obstacles_here(replace)


def _obstacles_here(replace: bool) -> Iterator[str]:
    tables = connection.introspection.table_names()
    people = get_user_model()
    if people._meta.db_table in tables:
        if not replace and people._default_manager.exists():
            yield (
                "The database has people in it. With --replace they are replaced, "
                "after a backup of what is there."
            )
    elif tables:
        yield f"The database has tables that are not the portal's: {tables[0]}."
    if Heartbeat._meta.db_table in tables:
        yield from _living_workers()
    for other in engine().others():
        yield f"The database is in use: {other}. End the portal first."


def _living_workers() -> Iterator[str]:
    silence = heartbeats.silence()
    if silence is not None and silence.total_seconds() < SILENCE:
        yield (
            f"The portal runs: a worker ({heartbeats.newest()}) gave a sign of life "
            f"{silence.total_seconds():.0f} seconds ago. End the portal; after a kill, "
            f"wait {SILENCE:.0f} seconds."
        )


def _extract(archive: Archive, work: Path, on_step: OnStep) -> dict[str, Path]:
    """Name of each part → where it is now, private and whole."""
    copies = {}
    for number, part in enumerate(archive.manifest.parts):
        copies[part.name] = path = work / str(number)
        with _new_file(path) as file:
            archive.extract(part, file, on_step)
    return copies


def _place(copies: dict[str, Path]) -> None:
    """Before the database names them: files without a job do no harm, and are swept
    away by their age, but a job without its file cannot go on."""
    for name, copy in copies.items():
        place = files.place_of(name)
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside = place.with_name(f"{place.name}.part")
        with copy.open("rb") as source, _new_file(beside) as target:
            shutil.copyfileobj(source, target)
        beside.replace(place)


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Private from its first moment, and safe on the disk at the end."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())
