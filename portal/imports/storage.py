"""The uploaded files, kept until their import is committed or abandoned.

Each is named by its job's id, never by what the person called it. They hold personal
data: only the portal's own account may read the folder.
"""

import hashlib
import os
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from portal.imports.review import Review
from portal.models import ImportJob


class StoredFileError(Exception):
    """The uploaded file is gone, or is not what was uploaded."""


def fingerprint(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def write_upload(job: ImportJob, data: bytes) -> None:
    _write(_upload_path(job), data)


def read_upload(job: ImportJob) -> bytes:
    """The bytes as uploaded; raises StoredFileError when they are no longer that."""
    try:
        data = _upload_path(job).read_bytes()
    except FileNotFoundError as error:
        raise StoredFileError(
            _("The uploaded file is no longer there. Upload it again.")
        ) from error
    if fingerprint(data) != job.sha256:
        raise StoredFileError(
            _("The stored file is not what was uploaded. Upload it again.")
        )
    return data


def write_review(job: ImportJob, review: Review) -> None:
    _write(_review_path(job), review.to_json().encode())


def read_review(job: ImportJob) -> Review | None:
    """What was last shown, if it is still there and is what the job stands for."""
    try:
        review = Review.from_json(_review_path(job).read_text())
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return None
    return review if review.digest == job.digest else None


def remove_files(job: ImportJob) -> None:
    for path in (_upload_path(job), _review_path(job)):
        path.unlink(missing_ok=True)


def remove_files_before(deadline: datetime) -> None:
    """Also sweeps up what a killed process left behind."""
    for path in _folder().iterdir():
        # Another upload may be sweeping at the same moment.
        with suppress(FileNotFoundError):
            if path.stat().st_mtime < deadline.timestamp():
                path.unlink()


def _folder() -> Path:
    folder = Path(settings.IMPORT_DIR)
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def _upload_path(job: ImportJob) -> Path:
    return _folder() / f"{job.pk}.upload"


def _review_path(job: ImportJob) -> Path:
    return _folder() / f"{job.pk}.review"


def _write(path: Path, data: bytes) -> None:
    """Whole or not at all: a reader never sees half a file."""
    part = path.with_suffix(path.suffix + ".part")
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    part.replace(path)
