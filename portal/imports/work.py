"""The worker's part: carries an import one step further."""

import logging
from typing import Any

from django.contrib.auth import get_user_model
from django.db import OperationalError
from django.tasks import task
from django.utils.translation import gettext as _

from portal.imports.kinds import JobRefused, kind_of
from portal.imports.lease import Lease, LeaseLost, OnProgress
from portal.models import ImportJob
from portal.security.events import Kind, record_event

logger = logging.getLogger(__name__)

# A job that kills its worker would do so for ever.
MOST_ATTEMPTS = 5


@task
def run_import_job(*, job_id: str) -> None:
    carry_on(job_id)


def carry_on(job_id: Any, on_progress: OnProgress | None = None) -> None:
    """Check or commit the job. Called twice for one job, it is done once."""
    lease = Lease.take(job_id, on_progress)
    if lease is None:
        return
    try:
        with lease.beating():
            _run(lease.job, lease)
    except LeaseLost:
        logger.info("Import %s was cancelled or taken over.", job_id)
    except JobRefused as refused:
        _give_up(lease, str(refused))
        record_refused(lease.job, str(refused))
    except OperationalError:
        # The database is busy, full or gone: `watch` has the job taken up again.
        logger.warning("Import %s waits for the database.", job_id, exc_info=True)
    except Exception:
        logger.exception("Import %s broke off.", job_id)
        _give_up(lease, _("It broke off. The log of the worker says why."))


def record_refused(job: ImportJob, why: str) -> None:
    record_event(
        Kind.IMPORT_REFUSED,
        actor=_owner(job),
        target=job.target,
        file=job.file_name,
        reason=why,
        job=job.pk,
    )


def _run(job: ImportJob, lease: Lease) -> None:
    if job.attempts > MOST_ATTEMPTS:
        raise JobRefused(
            _("It was begun %s times and never came to an end.") % MOST_ATTEMPTS
        )
    kind, owner = kind_of(job), _owner(job)
    if problem := kind.problem_with(owner):
        raise JobRefused(problem)
    if job.state == ImportJob.State.READING:
        kind.check(job, lease, owner)
    else:
        kind.commit(job, lease, owner)


def _owner(job: ImportJob) -> Any:
    return get_user_model()._default_manager.filter(pk=job.owner_id).first()


def _give_up(lease: Lease, why: str) -> None:
    """A check that fails is the end; what was reviewed stays, to be tried again."""
    if lease.job.state == ImportJob.State.COMMITTING:
        state = ImportJob.State.READY
        why = _("Nothing was imported: %s") % why
    else:
        state = ImportJob.State.FAILED
    try:
        lease.end(state, error=why)
    except LeaseLost:
        logger.info("Import %s was cancelled or taken over.", lease.job.pk)
