"""Invitations to the new people of an import, when its options say so."""

from functools import partial
from typing import Any

from django.db import transaction

from accounts.imports.options import ImportOptions
from accounts.tasks import invite_imported
from portal.models import ImportJob

INVITE_RIGHT = "accounts.invite_user"


def invite_people(job: ImportJob, owner: Any) -> None:
    """Have them sent once the open transaction has been committed.

    Whoever lost the right to invite since the options were chosen invites nobody.
    """
    wants = job.change_set_id and ImportOptions.from_json(job.options).invites
    if wants and owner.has_perm(INVITE_RIGHT):
        transaction.on_commit(partial(invite_imported.enqueue, job_id=str(job.pk)))
