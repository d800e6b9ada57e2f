"""Large reverts in the background: confirmed on a page, carried out by the worker.

The claim, the writing and the result are one transaction: a job that is started twice,
or again after its worker was killed, is carried out once.
"""

import logging
from datetime import timedelta
from functools import partial
from typing import Any

from django.contrib.auth import get_user_model
from django.db import IntegrityError, transaction
from django.db.models.functions import Coalesce
from django.tasks import task
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.admin.reverting import Order, may_revert, revert
from portal.history.sources import Source
from portal.history.steps import RevertRefused
from portal.history.writing import NOT_TOGETHER
from portal.models import RevertJob
from portal.queue import after_commit, enqueue_again

logger = logging.getLogger(__name__)

# After so long without an end, it is started again, by its owner or by the worker.
PATIENCE = timedelta(minutes=2)
# After this, only by its owner: it may be what kills its workers.
GIVE_UP = timedelta(days=1)


def open_revert_job(order: Order, *, total: int) -> RevertJob:
    """Keep what was confirmed, and have the worker do it."""
    source = order.source
    job = RevertJob.objects.create(
        owner=order.user,
        owner_name=order.user.get_username(),
        subject=order.subject[:255],
        reason=order.reason,
        origin=order.origin[:100],
        reverts=order.reverts,
        actor_id=source.actor_id,
        since=source.since,
        until=source.until,
        digest=order.digest,
        total=total,
    )
    start(job)
    return job


def start(job: RevertJob) -> None:
    """Also for a job whose worker was killed: what is done is not done again."""
    after_commit(partial(run_revert_job.enqueue, job_id=job.pk))


def take_up_again() -> int:
    """Start the jobs again that came to no end for long; tells how many.

    Once too often does no harm, as with `start`.
    """
    now = timezone.now()
    late = RevertJob.objects.exclude(status__in=RevertJob.TERMINAL).annotate(
        begun_at=Coalesce("started_at", "created_at")
    )
    late = late.filter(begun_at__lt=now - PATIENCE, created_at__gt=now - GIVE_UP)
    if not late.exists():
        return 0
    with transaction.atomic():
        # Who holds the row is alive: it is one long transaction.
        jobs = list(late.select_for_update(skip_locked=True))
        for job in jobs:
            enqueue_again(run_revert_job, job_id=job.pk)
    return len(jobs)


@task
def run_revert_job(*, job_id: int) -> None:
    waiting = RevertJob.objects.filter(pk=job_id).exclude(status__in=RevertJob.TERMINAL)
    waiting.update(status=RevertJob.Status.RUNNING, started_at=timezone.now())
    try:
        with transaction.atomic():
            job = waiting.select_for_update().first()
            if job is not None:
                _carry_out(job)
    except RevertRefused as refused:
        _give_up(job_id, RevertJob.Status.REFUSED, str(refused))
    except IntegrityError:
        _give_up(job_id, RevertJob.Status.REFUSED, str(NOT_TOGETHER))
    except Exception:
        logger.exception("Revert job %s broke off.", job_id)
        text = _(
            "It broke off, and nothing was changed. The log of the worker says why."
        )
        _give_up(job_id, RevertJob.Status.FAILED, text)


def _carry_out(job: RevertJob) -> None:
    owner = get_user_model()._default_manager.filter(pk=job.owner_id).first()
    if owner is None or not may_revert(owner):
        raise RevertRefused([_("%s may no longer revert.") % job.owner_name])
    plan, made = revert(
        Order(
            source=_source_of(job),
            user=owner,
            digest=job.digest,
            reason=job.reason,
            subject=job.subject,
            origin=job.origin,
            reverts=job.reverts,
        )
    )
    job.finish(RevertJob.Status.DONE, done=plan.ready_count, change_set=made)


def _source_of(job: RevertJob) -> Source:
    if job.reverts is not None:
        return Source.of(job.reverts)
    window: Any = (job.actor_id, job.since, job.until)
    return Source.of_actor(*window)


def _give_up(job_id: int, status: str, why: str) -> None:
    for job in RevertJob.objects.filter(pk=job_id):
        if not job.is_finished:
            job.finish(status, error=why)
