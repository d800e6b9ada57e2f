"""One file on its way in: opened, committed, discarded, expired.

The preview is bound to the job, the job to its owner, and the commit to the preview:
it writes only what was shown, once, all of it or nothing.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from django.db import IntegrityError, OperationalError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.history.acts import change_set
from portal.imports import storage
from portal.imports.review import Outcome, Review
from portal.models import ChangeSet, ImportJob
from portal.models.import_job import REVIEW_TIME
from portal.sheets.problems import SheetError

logger = logging.getLogger(__name__)


class ImportFile(Protocol):
    """A file that has been read. `on_row` is called after each row, for progress."""

    records_raw: bool
    row_count: int
    on_row: Callable[[], None]

    def check(self, actor: Any) -> Review:
        """Say what `write` would do. Writes nothing."""

    def write(self, actor: Any) -> Review:
        """Do it, and say what was done. The caller keeps it or rolls it back."""

    def details(self) -> dict[str, Any]:
        """What the target's own pages want to know afterwards; asked after `check`."""


@dataclass(frozen=True)
class ImportKind:
    """What is imported (`app.model`), and who reads such files."""

    target: str
    read: Callable[[bytes, str], ImportFile]


class NotWaiting(Exception):
    """The job is committed, discarded or expired already, or somebody else's."""


class RowsInError(Exception):
    """The file has rows that cannot be imported, and goes in whole or not at all."""


class Outdated(Exception):
    """What the file would do is not what was shown; nothing was written."""


class ImportFailed(Exception):
    """The commit broke off; nothing was written, and the message says what next."""


def open_job(kind: ImportKind, *, owner: Any, file_name: str, data: bytes) -> ImportJob:
    """Check a file and keep it for its review.

    A file that cannot be used leaves a REFUSED job, and its SheetError is raised.
    """
    job = new_job(kind, owner=owner, file_name=file_name, data=data)
    try:
        file = kind.read(data, job.file_name)
        review = file.check(owner)
    except SheetError as error:
        job.status, job.error = ImportJob.Status.REFUSED, str(error)
        job.finished_at = timezone.now()
        job.save(force_insert=True)
        raise
    storage.write_upload(job, data)
    keep_review(job, review, file)
    job.save(force_insert=True)
    return job


def new_job(kind: ImportKind, *, owner: Any, file_name: str, data: bytes) -> ImportJob:
    return ImportJob(
        target=kind.target,
        owner=owner,
        owner_name=owner.get_username(),
        file_name=_safe_name(file_name),
        sha256=storage.fingerprint(data),
        status=ImportJob.Status.CHECKED,
    )


def keep_review(job: ImportJob, review: Review, file: ImportFile) -> None:
    """Store what is shown, and on the job, unsaved, what it comes to."""
    count_outcomes(job, review)
    job.details = file.details()
    storage.write_review(job, review)


def count_outcomes(job: ImportJob, review: Review) -> None:
    job.digest = review.digest
    job.total = len(review.rows)
    job.created_count = review.counts[Outcome.CREATE]
    job.updated_count = review.counts[Outcome.UPDATE]
    job.unchanged_count = review.counts[Outcome.UNCHANGED]
    job.error_count = review.counts[Outcome.ERROR]


def commit_job(
    kind: ImportKind, job: ImportJob, *, actor: Any, reason: str = ""
) -> None:
    """Do what was shown. Raises NotWaiting, RowsInError, Outdated or ImportFailed."""
    if job.is_waiting and job.error_count:
        raise RowsInError
    file = _read_stored(kind, job)
    try:
        write_file(file, job, actor=actor, reason=reason)
    except (Outdated, IntegrityError) as error:
        # Somebody changed a person meanwhile, or took a name that was free.
        _check_again(job, file, actor)
        raise Outdated from error
    except NotWaiting:
        raise
    except OperationalError as error:
        logger.warning("Import %s found the database busy.", job.pk, exc_info=True)
        raise ImportFailed(
            _("The database was busy. Nothing was written; try again in a minute.")
        ) from error
    except Exception as error:
        logger.exception("Import %s failed; nothing was written.", job.pk)
        message = _("The import broke off. Nothing was written; the log has the cause.")
        _fail(job, message)
        raise ImportFailed(message) from error
    storage.remove_files(job)


def write_file(
    file: ImportFile, job: ImportJob, *, actor: Any, reason: str = "", origin: str = ""
) -> None:
    """Claim the job and write its file in one transaction, or do neither."""
    with transaction.atomic():
        _claim(job, actor)
        with change_set(
            kind=ChangeSet.Kind.IMPORT,
            actor=actor,
            reason=reason,
            subject=job.file_name,
            origin=origin,
            records_raw=file.records_raw,
        ) as act:
            review = file.write(actor)
            if review.has_errors or review.digest != job.digest:
                raise Outdated
        job.change_set = act.recorded
        job.save(update_fields=["change_set"])


def discard_job(job: ImportJob, *, actor: Any) -> bool:
    """Give the file up; False when it was not waiting any more."""
    waiting = ImportJob.objects.filter(
        pk=job.pk, owner=actor, status=ImportJob.Status.CHECKED
    )
    discarded = waiting.update(
        status=ImportJob.Status.DISCARDED, finished_at=timezone.now()
    )
    if discarded:
        storage.remove_files(job)
    return bool(discarded)


def expire_jobs() -> None:
    """Give up what waited too long, and remove its files."""
    now = timezone.now()
    ImportJob.objects.abandoned().update(
        status=ImportJob.Status.EXPIRED, finished_at=now
    )
    storage.remove_files_before(now - REVIEW_TIME)


def _safe_name(name: str) -> str:
    """One printable line, short enough to be stored; only ever shown."""
    base = name.replace("\\", "/").rpartition("/")[2]
    line = "".join(c for c in base if c.isprintable()).strip()
    return line[-255:] or _("unnamed file")


def _read_stored(kind: ImportKind, job: ImportJob) -> ImportFile:
    if not job.is_waiting:
        raise NotWaiting
    try:
        return kind.read(storage.read_upload(job), job.file_name)
    except (storage.StoredFileError, SheetError) as error:
        # The other of two clicks has the file removed once it is done.
        if not _fail(job, str(error)):
            raise NotWaiting from error
        raise ImportFailed(str(error)) from error


def _claim(job: ImportJob, actor: Any) -> None:
    """Make the job committed, unless it is no longer the one that was shown."""
    shown = ImportJob.objects.filter(
        pk=job.pk, owner=actor, status=ImportJob.Status.CHECKED, digest=job.digest
    )
    if not shown.update(status=ImportJob.Status.COMMITTED, finished_at=timezone.now()):
        raise NotWaiting


def _fail(job: ImportJob, message: str) -> bool:
    failed = ImportJob.objects.filter(
        pk=job.pk, status=ImportJob.Status.CHECKED
    ).update(status=ImportJob.Status.FAILED, error=message, finished_at=timezone.now())
    if failed:
        storage.remove_files(job)
    return bool(failed)


def _check_again(job: ImportJob, file: ImportFile, actor: Any) -> None:
    """Show the file anew, as it would work now."""
    keep_review(job, file.check(actor), file)
    counts = [f"{name}_count" for name in ("created", "updated", "unchanged", "error")]
    job.save(update_fields=["digest", "details", "total", *counts])
