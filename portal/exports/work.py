"""The worker's part: makes the file, and hands it over in one step with the job's end.

Killed at any moment it leaves a job that is not done, and so nothing to download, or
one that is, with its whole file.
"""

import errno
import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db import OperationalError, transaction
from django.tasks import task
from django.utils.translation import gettext as _

from portal.exports import storage
from portal.exports.kinds import kind_of
from portal.exports.lease import Lease, LeaseLost
from portal.models import ExportJob
from portal.security.events import Kind, record_event
from portal.sheets import SheetError

logger = logging.getLogger(__name__)

# A job that kills its worker would do so for ever.
MOST_ATTEMPTS = 5
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


@task
def run_export_job(*, job_id: str) -> None:
    """Called twice for one job, it hands over one file."""
    lease = Lease.take(job_id)
    if lease is None:
        return
    try:
        _run(lease)
    except LeaseLost:
        logger.info("Export %s was cancelled or taken over.", job_id)
    except SheetError as refused:
        _give_up(lease, str(refused))
    except OperationalError:
        # The database is busy or gone: `watch` has the job taken up again.
        logger.warning("Export %s waits for the database.", job_id, exc_info=True)
    except OSError as error:
        logger.exception("Export %s could not be written.", job_id)
        _give_up(lease, problem_with_disk(error))
    except Exception:
        logger.exception("Export %s broke off.", job_id)
        _give_up(lease, _("It broke off. The log says why."))


def problem_with_disk(error: OSError) -> str:
    if error.errno in FULL:
        return _(
            "The disk of the server is full. Export fewer rows or columns, or ask for "
            "room."
        )
    return _("The file could not be written on the server. The log says why.")


def _run(lease: Lease) -> None:
    job = lease.job
    kind, owner = kind_of(job), _owner(job)
    if owner is None or not kind.may_export(owner):
        _give_up(lease, _("%s may no longer export this.") % job.owner_name)
        return
    if job.attempts > MOST_ATTEMPTS:
        text = _("It was begun %s times and never came to an end.") % MOST_ATTEMPTS
        _give_up(lease, text)
        return
    with storage.part_of(job) as file:
        done = kind.save(file, job, lease.count(storage.key_batches(job)))
    try:
        with transaction.atomic():
            lease.end(ExportJob.State.DONE, done=done, sight=job.sight)
            storage.hand_over(job)
            record_event(
                Kind.EXPORTED,
                actor=owner,
                target=job.target,
                file=job.file_name,
                count=done,
                job=job.pk,
            )
    finally:
        storage.remove_part(job)
    storage.remove_keys(job)


def _owner(job: ExportJob) -> Any:
    return get_user_model()._default_manager.filter(pk=job.owner_id).first()


def _give_up(lease: Lease, why: str) -> None:
    try:
        lease.end(ExportJob.State.FAILED, error=why)
    except LeaseLost:
        logger.info("Export %s was cancelled or taken over.", lease.job.pk)
    else:
        storage.remove_keys(lease.job)
