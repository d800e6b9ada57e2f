"""Makes backups: whole, or not there."""

import errno
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.backup.archive import DATABASE, ArchiveWriter
from portal.backup.engines import Snapshot, engine
from portal.backup.facts import Facts, facts_of
from portal.backup.files import waiting_files
from portal.backup.manifest import Manifest, Part
from portal.backup.problems import BackupError, OnStep, as_backup_error

# The names that --keep prunes, and `doctor` looks for.
PREFIX, SUFFIX = "reading-room-", ".zip"
# What a killed process left is removed after so many seconds.
LEFT = 86_400.0
WORK_PREFIX = ".backup-"
# A file system without hard links says one of these.
NO_LINKS = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}


def default_path(prefix: str = PREFIX) -> Path:
    now = timezone.now()
    return Path(settings.BACKUP_DIR) / f"{prefix}{now:%Y%m%d-%H%M%S-%f}{SUFFIX}"


def make_backup(
    path: Path, *, on_step: OnStep, snapshot: Snapshot | None = None
) -> Manifest:
    """Write a backup to `path`, where no file may be yet.

    `snapshot` copies the database, where not the engine's own way is wanted.
    """
    with as_backup_error("The backup could not be written"):
        if path.exists():
            raise BackupError(f"{path} is there already; nothing is overwritten.")
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with work_folder(path.parent) as folder:
            manifest = _write(folder, on_step, snapshot or engine().snapshot)
            _hand_over(folder / "archive", path)
    return manifest


def prune(folder: Path, *, keep: int) -> list[Path]:
    """Remove all but the newest backups of a folder that have names of ours."""
    old = made_in(folder)[:-keep]
    for path in old:
        path.unlink(missing_ok=True)
    return old


def made_in(folder: Path) -> list[Path]:
    """Oldest first: the names have the times in them."""
    return sorted(folder.glob(f"{PREFIX}*{SUFFIX}"))


@contextmanager
def work_folder(parent: Path) -> Iterator[Path]:
    """A private folder on the same disk, which is gone afterwards."""
    _sweep(parent)
    folder = Path(tempfile.mkdtemp(prefix=WORK_PREFIX, dir=parent))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _sweep(parent: Path) -> None:
    for left in parent.glob(f"{WORK_PREFIX}*"):
        if left.stat().st_mtime < time.time() - LEFT:
            shutil.rmtree(left, ignore_errors=True)


def _write(folder: Path, on_step: OnStep, snapshot: Snapshot) -> Manifest:
    made_at = timezone.now()
    copy = folder / DATABASE
    with snapshot(copy, on_step) as database:
        facts = facts_of(database)
    # Private: the folder is, and the file stays so when it moves out of it.
    descriptor = os.open(folder / "archive", os.O_WRONLY | os.O_CREAT, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        archive = ArchiveWriter(file)
        manifest = _manifest(facts, made_at, _pack(archive, copy, facts, on_step))
        archive.finish(manifest)
        file.flush()
        os.fsync(file.fileno())
    return manifest


def _pack(
    archive: ArchiveWriter, copy: Path, facts: Facts, on_step: OnStep
) -> list[Part]:
    parts = []
    for name, path in [(DATABASE, copy), *waiting_files(facts.jobs)]:
        try:
            source = path.open("rb")
        except FileNotFoundError:
            # Its time was over, and the worker swept it away just now.
            if name == DATABASE:
                raise
            continue
        with source:
            parts.append(archive.add(name, source, on_step, path.stat().st_size))
    return parts


def _manifest(facts: Facts, made_at: datetime, parts: list[Part]) -> Manifest:
    return Manifest(
        made_at=made_at.isoformat(timespec="seconds"),
        engine=connection.vendor,
        engine_version=engine().version(),
        migrations=facts.migrations,
        rows=facts.rows,
        head=facts.head,
        parts=parts,
    )


def _hand_over(archive: Path, path: Path) -> None:
    """Give it its name, unless somebody else took that meanwhile."""
    try:
        os.link(archive, path)
    except FileExistsError as error:
        raise BackupError(f"{path} is there already; it was kept.") from error
    except OSError as error:
        if error.errno not in NO_LINKS:
            raise
        archive.rename(path)
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """The name itself must outlive a power cut, too."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
