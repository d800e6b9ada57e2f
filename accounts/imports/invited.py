"""Invitations to the new people of an import, when its options say so."""

from typing import Any

from accounts.imports.options import ImportOptions
from accounts.models import User
from accounts.policy import INVITE_PEOPLE
from accounts.tokens import INVITATION
from portal.models import ImportJob
from portal.outbox import post_many


def invite_people(job: ImportJob, owner: Any) -> None:
    """Order a letter for each who can be written to, in the transaction of the import.

    Whoever lost the right to invite since the options were chosen invites nobody.
    """
    wants = job.change_set_id and ImportOptions.from_json(job.options).invites
    if not wants or not owner.has_perm(INVITE_PEOPLE):
        return
    created = User.history.model._base_manager.filter(
        change_set=job.change_set_id, history_type="+"
    )
    post_many(
        INVITATION,
        people=User.objects.active()
        .exclude(email="")
        .filter(pk__in=created.order_by().values("id")),
        actor=owner,
        base_url=job.details.get("address", ""),
        job=job,
    )
