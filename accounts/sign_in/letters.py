"""What the letters about signing in say: the link for a new password, and notices."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from allauth.account.utils import user_pk_to_url_str
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from accounts.sign_in.notices import NOTICES
from accounts.sign_in.tokens import ResetTokens


@dataclass(frozen=True)
class WrittenLetter:
    subject: str
    text: str
    html: str

    def mail(self, address: str) -> EmailMultiAlternatives:
        letter = EmailMultiAlternatives(self.subject, self.text, to=[address])
        letter.attach_alternative(self.html, "text/html")
        return letter


def reset_letter(person: User, base_url: str) -> WrittenLetter:
    """Render it; the link is made here, so call this only when it is sent.

    Whoever has no password gets no link: an invitation is what opens an account, and
    to invite is a right of its own. The letter says so.
    """
    context: dict[str, Any] = {
        "person": person,
        "sso_name": settings.SSO_NAME,
        "has_sso": bool(settings.SSO_ISSUER),
    }
    if not person.has_usable_password():
        return _render("no_password", context)
    lifetime = timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)
    context |= {
        "link": reset_link(person, base_url),
        "valid_until": timezone.now() + lifetime,
    }
    return _render("password_reset", context)


def reset_link(person: User, base_url: str) -> str:
    """The address that lets its holder choose `person`'s password: keep it secret."""
    kwargs = {
        "uidb36": user_pk_to_url_str(person),
        "key": ResetTokens().make_token(person),
    }
    path = reverse("account_reset_password_from_key", kwargs=kwargs)
    return base_url.rstrip("/") + path


def notice_letter(
    person: User, kind: str, *, device: str, address: str, base_url: str
) -> WrittenLetter:
    """Tell `person` that `kind` of change was made to how they sign in."""
    what = NOTICES[kind] % {"sso_name": settings.SSO_NAME}
    reset = base_url.rstrip("/") + reverse("account_reset_password")
    context = {
        "person": person,
        "what": what,
        "at": timezone.now(),
        "device": device,
        "address": address,
        "reset": reset,
    }
    return _render("notice", context)


def _render(name: str, context: dict[str, Any]) -> WrittenLetter:
    subject, text, html = (
        render_to_string(f"accounts/letters/{name}/{part}", context)
        for part in ("subject.txt", "letter.txt", "letter.html")
    )
    return WrittenLetter(" ".join(subject.split()), text, html)
