"""Invitations: a link by e-mail, with which a person chooses their own password.

Unlike the «forgot password» of Django it works for who has no usable password yet,
and it lives as long as `INVITATION_LIFETIME` says.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.tokens import INVITATION
from portal.outbox import post


class InvitationRefused(Exception):
    """The person cannot be invited; the message says why, for people."""


def send_invitation(*, user: User, actor: Any, base_url: str) -> None:
    """Have an invitation sent once the open transaction has been committed.

    `base_url` is the portal's own: `portal.addresses.portal_address`. Raises
    InvitationRefused. Whether `actor` may invite this person is for the caller to
    ask: the permission `invite_user`, and `policy.may_touch`. The outbox asks again.
    """
    if problem := problem_with_inviting(user):
        raise InvitationRefused(problem)
    post(INVITATION, person=user, actor=actor, base_url=base_url)


def problem_with_inviting(user: User) -> str:
    """Why no invitation could reach `user` or let them in; "" when one could."""
    if not user.is_active:
        return _("%s is not active: activate the account before inviting.") % user
    if not user.email:
        return _("%s has no e-mail address: enter one before inviting.") % user
    try:
        validate_email(user.email)
    except ValidationError:
        return _(
            "The e-mail address of %(person)s, «%(address)s», is not valid: correct it "
            "before inviting."
        ) % {"person": user, "address": user.email}
    return ""
