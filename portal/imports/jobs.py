"""What people do with an import: open it, have it checked and committed, give it up."""

from collections.abc import Iterable
from functools import partial
from typing import IO, Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.imports import storage
from portal.imports.work import record_refused, run_import_job
from portal.models import ImportJob
from portal.queue import after_commit

State = ImportJob.State


class WrongState(Exception):
    """Somebody was faster: the job is no longer where this could be done."""


def open_job(
    target: str, *, owner: Any, file_name: str, file: IO[bytes] | Iterable[bytes]
) -> ImportJob:
    """Keep an uploaded file; nothing of it is read yet."""
    job = ImportJob(
        target=target,
        owner=owner,
        owner_name=owner.get_username(),
        file_name=_safe_name(file_name),
    )
    job.sha256, job.size = storage.keep(job, file)
    job.save(force_insert=True)
    return job


def earlier_imports(job: ImportJob) -> Any:
    """Jobs that brought the very same file in, newest first."""
    same = ImportJob.objects.filter(target=job.target, sha256=job.sha256)
    return same.filter(state=State.DONE).exclude(pk=job.pk).order_by("-finished_at")


def revise_job(job: ImportJob, **values: Any) -> None:
    """Change how the file is read, or its options; raises WrongState.

    What was checked before is void then.
    """
    with transaction.atomic():
        _move(job, ImportJob.WAITING, state=State.UPLOADED, **values)
        job.rows.all()._raw_delete(job.rows.db)


def order_check(job: ImportJob, *, enqueue: bool = True) -> None:
    """Have the file checked (again) with its options; raises WrongState.

    Without `enqueue` the caller carries on at once (`work.carry_on`); if it dies
    over that, a worker does.
    """
    with transaction.atomic():
        _move(
            job,
            ImportJob.WAITING,
            state=State.READING,
            started_at=None,
            heartbeat_at=timezone.now(),
            lease=None,
            attempts=0,
            done=0,
            total=0,
            error="",
        )
        job.rows.all()._raw_delete(job.rows.db)
        if enqueue:
            _enqueue(job)


def order_commit(
    job: ImportJob,
    *,
    good_rows_only: bool,
    reason: str = "",
    origin: str = "",
    enqueue: bool = True,
) -> None:
    """Have what was reviewed written; raises WrongState. `enqueue` as above."""
    with transaction.atomic():
        _move(
            job,
            [State.READY],
            state=State.COMMITTING,
            started_at=None,
            heartbeat_at=timezone.now(),
            lease=None,
            attempts=0,
            done=0,
            error="",
            good_rows_only=good_rows_only,
            reason=reason,
            origin=origin[:100],
        )
        if enqueue:
            _enqueue(job)


def refuse_job(job: ImportJob, why: str) -> None:
    """The end of a file that cannot be used at all."""
    _move(
        job,
        [State.UPLOADED],
        state=State.FAILED,
        error=why,
        finished_at=timezone.now(),
    )
    record_refused(job, why)
    storage.remove(job)


def cancel_job(job: ImportJob) -> None:
    """Give the file up; raises WrongState once it is being written, or is."""
    with transaction.atomic():
        _move(
            job,
            [*ImportJob.WAITING, State.READING],
            state=State.CANCELLED,
            lease=None,
            finished_at=timezone.now(),
        )
        job.rows.all()._raw_delete(job.rows.db)
    storage.remove(job)


def _move(job: ImportJob, states: Iterable[str], **values: Any) -> None:
    """From one of these states, once: a double click finds the job elsewhere."""
    there = ImportJob.objects.filter(pk=job.pk, state__in=states)
    if not there.update(**values):
        job.refresh_from_db()
        raise WrongState
    for name, value in values.items():
        setattr(job, name, value)


def _enqueue(job: ImportJob) -> None:
    after_commit(partial(run_import_job.enqueue, job_id=str(job.pk)))


def _safe_name(name: str) -> str:
    """One printable line, short enough to be stored; only ever shown."""
    base = name.replace("\\", "/").rpartition("/")[2]
    line = "".join(c for c in base if c.isprintable()).strip()
    return line[-255:] or _("unnamed file")
