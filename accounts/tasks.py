"""What happens outside the request: the worker runs these."""

import logging

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.tasks import task
from django.template.loader import render_to_string
from django.utils import timezone

from accounts.models import User
from accounts.tokens import invitation_link

logger = logging.getLogger(__name__)


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
    """Invite the new people of an import, those who have an address."""
