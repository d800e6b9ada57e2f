"""The exported files, kept until `EXPORT_KEEP_DAYS` after they were made.

Each is named by its job's id. They hold personal data: only the portal's own account
may read the folder. Where web and workers run on several machines, the folder is one
that they share.

The keys of what is to be exported are kept too, eight bytes each: what was shown is
what is exported, however long the worker takes to begin, and nobody holds them in
memory.
"""

import os
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime
from itertools import batched
from pathlib import Path
from typing import IO

from django.conf import settings

from portal.models import ExportJob

BATCH = 1000
KEY = "q"


def keep_keys(job: ExportJob, keys: Iterable[int]) -> int:
    """Tells how many there are."""
    path = _keys_path(job)
    count = 0
    with _new_file(path) as file:
        for some in batched(keys, BATCH):
            array(KEY, some).tofile(file)
            count += len(some)
    return count


def key_batches(job: ExportJob) -> Iterator[list[int]]:
    with _keys_path(job).open("rb") as file:
        while piece := file.read(BATCH * array(KEY).itemsize):
            yield array(KEY, piece).tolist()


@contextmanager
def part_of(job: ExportJob) -> Iterator[IO[bytes]]:
    """A file for this lease alone, without those of workers that died before it."""
    for path in _folder().glob(f"{job.pk}.*.part"):
        path.unlink(missing_ok=True)
    with _new_file(_part_path(job)) as file:
        yield file


def hand_over(job: ExportJob) -> None:
    """Make this lease's part the job's file."""
    _part_path(job).replace(_path(job))


def open_file(job: ExportJob) -> IO[bytes] | None:
    """The file to download; None when it is gone."""
    with suppress(FileNotFoundError):
        return _path(job).open("rb")
    return None


def remove_keys(job: ExportJob) -> None:
    _keys_path(job).unlink(missing_ok=True)


def remove_part(job: ExportJob) -> None:
    _part_path(job).unlink(missing_ok=True)


def remove_before(deadline: datetime) -> None:
    """Also sweeps up what a killed process left behind."""
    for path in _folder().iterdir():
        # Another process may be sweeping at the same moment.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < deadline.timestamp():
                path.unlink()


@contextmanager
def _new_file(path: Path) -> Iterator[IO[bytes]]:
    """Private from its first moment, safe on the disk at the end, or gone."""
    flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
    descriptor = os.open(path, flags, 0o600)
    try:
        with os.fdopen(descriptor, "w+b") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _folder() -> Path:
    folder = Path(settings.EXPORT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(job: ExportJob) -> Path:
    return _folder() / str(job.pk)


def _keys_path(job: ExportJob) -> Path:
    return _folder() / f"{job.pk}.keys"


def _part_path(job: ExportJob) -> Path:
    return _folder() / f"{job.pk}.{job.lease}.part"
