"""The uploaded files, kept until `IMPORT_KEEP_DAYS` after their import.

Each is named by its job's id, never by what the person called it. They hold personal
data: only the portal's own account may read the folder. Where web and workers run on
several machines, the folder is one that they share.
"""

import hashlib
import os
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from portal.models import ImportJob

PIECE = 1024 * 1024


class StoredFileError(Exception):
    """The uploaded file is gone, or is not what was uploaded."""


def keep(job: ImportJob, pieces: Iterable[bytes]) -> tuple[str, int]:
    """Write the file, whole or not at all; gives its SHA-256 and its size."""
    path = _path(job)
    part = path.with_suffix(".part")
    digest, size = hashlib.sha256(), 0
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            for piece in pieces:
                file.write(piece)
                digest.update(piece)
                size += len(piece)
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return digest.hexdigest(), size


def stored_file(job: ImportJob) -> Path:
    """Where the bytes are as uploaded; raises StoredFileError when they are not."""
    path = _path(job)
    digest = hashlib.sha256()
    try:
        with path.open("rb") as file:
            while piece := file.read(PIECE):
                digest.update(piece)
    except FileNotFoundError as error:
        raise StoredFileError(
            _("The uploaded file is no longer there. Upload it again.")
        ) from error
    if digest.hexdigest() != job.sha256:
        raise StoredFileError(
            _("The stored file is not what was uploaded. Upload it again.")
        )
    return path


def remove(job: ImportJob) -> None:
    _path(job).unlink(missing_ok=True)


def remove_before(deadline: datetime) -> None:
    """Also sweeps up what a killed process left behind."""
    for path in _folder().iterdir():
        # Another worker may be sweeping at the same moment.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < deadline.timestamp():
                path.unlink()


def _folder() -> Path:
    folder = Path(settings.IMPORT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _path(job: ImportJob) -> Path:
    return _folder() / f"{job.pk}.upload"
