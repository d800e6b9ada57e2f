"""What happens outside the request: the worker runs these."""

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from accounts.tokens import invitation_link
from portal.models import ImportJob

logger = logging.getLogger(__name__)

# Letters ordered in one transaction.
INVITED = 200


@task
def send_invitation_letter(*, user_id: int, invited_by: str, base_url: str) -> None:
    """Write to the user as they are by now; the link is made here.

    A queue is read by many and the link is a secret, so it must not be an argument.
    """
    user = User.objects.active().exclude(email="").filter(pk=user_id).first()
    if user is None:
        logger.warning("User %s can no longer be invited; no letter sent.", user_id)
        return
    invitation_letter(user, invited_by, base_url).send()


def invitation_letter(
    user: User, invited_by: str, base_url: str
) -> EmailMultiAlternatives:
    context = {
        "person": user,
        "invited_by": invited_by,
        "link": invitation_link(user, base_url),
        "days": settings.INVITATION_LIFETIME.days,
        "valid_until": timezone.now() + settings.INVITATION_LIFETIME,
    }
    subject, text, html = (
        render_to_string(f"accounts/invitation/{name}", context)
        for name in ("subject.txt", "letter.txt", "letter.html")
    )
    letter = EmailMultiAlternatives(" ".join(subject.split()), text, to=[user.email])
    letter.attach_alternative(html, "text/html")
    return letter


@task
def invite_imported(*, job_id: str) -> None:
    """Order a letter for each new person of an import who can be written to.

    How far it is stands in the job, saved together with the orders: a worker that was
    killed at it has ordered no letter twice.
    """
    while _invite_some(job_id):
        pass


def _invite_some(job_id: str) -> bool:
    with transaction.atomic():
        jobs = ImportJob.objects.select_for_update()
        job = jobs.filter(pk=job_id, state=ImportJob.State.DONE).first()
        if job is None:
            return False
        last = job.details.get("invited_up_to", 0)
        created = User.history.model._base_manager.filter(
            change_set=job.change_set_id, history_type="+", id__gt=last
        )
        keys = list(created.order_by("id").values_list("id", flat=True)[:INVITED])
        people = User.objects.active().exclude(email="").filter(pk__in=keys)
        for key in people.order_by("pk").values_list("pk", flat=True):
            send_invitation_letter.enqueue(
                user_id=key,
                invited_by=job.owner_name,
                base_url=job.details.get("address", ""),
            )
        if keys:
            job.update(details={**job.details, "invited_up_to": keys[-1]})
        return bool(keys)
