"""What has to be done now and then: dead workers' jobs, and files nobody needs."""

from django.utils import timezone

from portal.exports import storage
from portal.exports.lease import LEASE
from portal.exports.work import run_export_job
from portal.models import ExportJob
from portal.models.export_job import keep_deadline
from portal.queue import enqueue_again


def take_up_again() -> int:
    """Have the jobs taken up whose worker gave no sign of life; tells how many.

    Once too often does no harm: only one worker gets the lease.
    """
    silent = ExportJob.objects.working().filter(heartbeat_at__lt=timezone.now() - LEASE)
    jobs = list(silent.values_list("pk", flat=True))
    for job_id in jobs:
        enqueue_again(run_export_job, job_id=str(job_id))
    return len(jobs)


def expire() -> None:
    """Give up what is too old, and remove its files; its row stays."""
    ExportJob.objects.outdated().update(state=ExportJob.State.EXPIRED)
    storage.remove_before(keep_deadline())
