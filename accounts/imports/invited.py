"""Invitations to the new people of an import, when its options say so."""

from functools import partial

from django.db import transaction

from accounts.imports.options import ImportOptions
from accounts.tasks import invite_imported
from portal.models import ImportJob


def invite_people(job: ImportJob) -> None:
    """Have them sent once the open transaction has been committed."""
    if job.change_set_id and ImportOptions.from_json(job.options).invites:
        transaction.on_commit(partial(invite_imported.enqueue, job_id=str(job.pk)))
