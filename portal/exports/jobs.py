"""What people do with an export."""

from collections.abc import Iterable, Sequence
from functools import partial
from typing import Any

from django.conf import settings
from django.utils import timezone

from portal.exports import storage, watch
from portal.exports.lease import LEASE
from portal.exports.work import run_export_job
from portal.models import ExportJob
from portal.queue import after_commit


def order(
    *,
    target: str,
    owner: Any,
    file_name: str,
    format: str,
    columns: Sequence[str],
    filters: str,
    query: str,
    keys: Iterable[int],
) -> ExportJob:
    """Record who exports what, and have it made: at once when it is small, and by the
    worker when it is large. Raises OSError when not even the keys can be kept."""
    watch.expire()
    watch.take_up_again()
    job = ExportJob(
        target=target,
        owner=owner,
        owner_name=owner.get_username(),
        file_name=file_name,
        format=format,
        columns=list(columns),
        filters=filters,
        query=query,
    )
    job.total = storage.keep_keys(job, keys)
    job.save(force_insert=True)
    if job.total <= settings.EXPORT_NOW_ROWS:
        run_export_job.call(job_id=str(job.pk))
        job.refresh_from_db()
    else:
        start(job)
    return job


def start(job: ExportJob) -> None:
    """Also for a job whose worker was killed: one file comes of it."""
    after_commit(partial(run_export_job.enqueue, job_id=str(job.pk)))


def may_start_again(job: ExportJob) -> bool:
    """Whether no worker gives a sign of life."""
    heard = job.heartbeat_at or job.created_at
    return not job.is_finished and heard < timezone.now() - LEASE


def cancel(job: ExportJob) -> bool:
    """False when it was finished before."""
    cancelled = (
        ExportJob.objects.working()
        .filter(pk=job.pk)
        .update(state=ExportJob.State.CANCELLED, finished_at=timezone.now())
    )
    if cancelled:
        storage.remove_keys(job)
    return bool(cancelled)
