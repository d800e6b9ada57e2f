"""What has to be done now and then: dead workers' jobs, and files nobody needs."""

from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from portal.imports import storage
from portal.imports.lease import LEASE
from portal.imports.work import run_import_job
from portal.models import ImportJob, ImportRow
from portal.queue import enqueue_again


def take_up_again() -> int:
    """Have the jobs taken up whose worker gave no sign of life; tells how many.

    Once too often does no harm: only one worker gets the lease.
    """
    silent = ImportJob.objects.working().filter(heartbeat_at__lt=timezone.now() - LEASE)
    # A look costs SQLite's writers nothing.
    if not silent.exists():
        return 0
    with transaction.atomic():
        # Who holds the row is alive, in the middle of a long step.
        jobs = list(silent.select_for_update(skip_locked=True))
        for job in jobs:
            enqueue_again(run_import_job, job_id=str(job.pk))
    return len(jobs)


def expire() -> None:
    """Give up what nobody went on with; remove the files and rows of what has ended."""
    deadline = timezone.now() - timedelta(days=settings.IMPORT_KEEP_DAYS)
    old = ImportJob.objects.filter(created_at__lt=deadline)
    old.waiting().update(state=ImportJob.State.CANCELLED, finished_at=timezone.now())
    ended = old.finished().filter(finished_at__lt=deadline)
    rows = ImportRow.objects.filter(job__in=ended.values("pk"))
    rows._raw_delete(rows.db)
    storage.remove_before(deadline)
