"""Readers for the people whom a fixture left without one."""

from typing import Any

from django.db.models import QuerySet

from accounts.policy import VIEW_PEOPLE, may_put_into, untouchable_ids
from portal.history.acts import change_set
from portal.models import ChangeSet, ImportJob
from readers.models import Reader
from readers.querysets import users_without_reader

RIGHTS = (VIEW_PEOPLE, "readers.add_reader")


def waiting_for_reader(job: ImportJob, actor: Any) -> QuerySet:
    """Those of a committed import who still have none, and whom the actor may touch.

    Neither they nor the Readers that they get are of a branch.
    """
    is_reached = may_put_into(actor, None, *RIGHTS)
    if job.state != ImportJob.State.DONE or not is_reached:
        return users_without_reader().none()
    names = job.details.get("without_reader", [])
    users = users_without_reader().filter(username__in=names)
    return users.exclude(pk__in=untouchable_ids(actor))


def give_readers(job: ImportJob, *, actor: Any) -> int:
    with change_set(kind=ChangeSet.Kind.ACTION, actor=actor, subject=job.file_name):
        ids = waiting_for_reader(job, actor).values_list("pk", flat=True)
        return len(Reader.objects.create_missing(ids))
