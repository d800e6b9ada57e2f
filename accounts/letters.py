"""The letters that go to people: invitations, ways back in, and notices."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db.models import Q
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import User
from accounts.policy import (
    INVITE_PEOPLE,
    may_touch,
    people_within,
    untouchable_ids,
)
from accounts.sign_in.letters import notice_letter, reset_letter
from accounts.tokens import INVITATION, invitation_link
from portal.models import Letter
from portal.outbox.kinds import register
from portal.security.events import Kind


class InvitationLetter:
    """A link with which the person chooses a password; sent in somebody's name."""

    name = INVITATION
    label = gettext_lazy("Invitation")
    ordered: Kind | None = Kind.INVITATION_QUEUED
    sent: Kind = Kind.INVITATION_SENT
    replaces = True
    templates = "accounts/invitation"

    def problem_with(self, letter: Letter, person: User, actor: User | None) -> str:
        is_allowed = (
            actor is not None
            and actor.is_active
            and may_touch(actor, person, INVITE_PEOPLE)
        )
        if is_allowed:
            return ""
        return _("%s may no longer invite this person.") % letter.actor_name

    def closed_to(self, actor: User) -> set[int] | None:
        return untouchable_ids(actor) if actor.has_perm(INVITE_PEOPLE) else None

    def people_within(self, actor: User) -> Q:
        return people_within(actor, INVITE_PEOPLE)

    def write(
        self, letter: Letter, person: User, actor: User | None
    ) -> EmailMultiAlternatives:
        return _rendered(
            self.templates,
            person,
            invited_by=str(actor),
            link=invitation_link(person, letter.base_url),
            days=settings.INVITATION_LIFETIME.days,
            valid_until=timezone.now() + settings.INVITATION_LIFETIME,
        )


class PasswordResetLetter(InvitationLetter):
    """The way back in for whoever asked for it themselves; see `reset_letter`."""

    name = "password_reset"
    label = gettext_lazy("Password reset")
    ordered: Kind | None = None
    sent = Kind.LETTER_SENT

    def problem_with(self, letter: Letter, person: User, actor: User | None) -> str:
        return ""

    def closed_to(self, actor: User) -> set[int] | None:
        """Only who asked for it has it sent; staff send an invitation."""
        return None

    def write(
        self, letter: Letter, person: User, actor: User | None
    ) -> EmailMultiAlternatives:
        return reset_letter(person, letter.base_url).mail(person.email)


class NoticeLetter:
    """Tells somebody what happened to how they sign in.

    `details` are `notice`, a key of `NOTICES`, the address `to` which it goes, and the
    `device` and `address` from which it was done.
    """

    name = "notice"
    label = gettext_lazy("Notice")
    ordered: Kind | None = None
    sent: Kind = Kind.LETTER_SENT
    replaces = False

    def problem_with(self, letter: Letter, person: User, actor: User | None) -> str:
        return ""

    def closed_to(self, actor: User) -> set[int] | None:
        return None

    def people_within(self, actor: User) -> Q:
        return Q()

    def write(
        self, letter: Letter, person: User, actor: User | None
    ) -> EmailMultiAlternatives:
        details = letter.details
        told = notice_letter(
            person,
            details["notice"],
            device=details.get("device", ""),
            address=details.get("address", ""),
            base_url=letter.base_url,
        )
        return told.mail(details["to"])


def register_letters() -> None:
    register(InvitationLetter())
    register(PasswordResetLetter())
    register(NoticeLetter())


def _rendered(folder: str, person: User, **values: Any) -> EmailMultiAlternatives:
    context = {"person": person, **values}
    subject, text, html = (
        render_to_string(f"{folder}/{name}", context)
        for name in ("subject.txt", "letter.txt", "letter.html")
    )
    letter = EmailMultiAlternatives(" ".join(subject.split()), text, to=[person.email])
    letter.attach_alternative(html, "text/html")
    return letter
