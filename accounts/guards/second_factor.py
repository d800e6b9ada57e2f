"""Who needs a second factor, and whether this session has used theirs.

Asked at each request, from the live rights: a right given meanwhile asks at the next
one. Of a session that has used its factor nothing is asked of the database.
"""

from typing import Any

from allauth.account.authentication import (
    AUTHENTICATION_METHODS_SESSION_KEY,
    get_authentication_records,
)
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _

from accounts.guards.answers import page_of, turn_to, with_next
from accounts.guards.proof import SECOND_FACTOR, has_used_second_factor
from accounts.guards.sessions import end_sessions
from accounts.guards.signals import second_factor_missing

ENROLLED_FOR = "enrolled_for"
FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)

SIGN_OUT = {"account_logout", "admin:logout"}
SECOND_STEP = {*SIGN_OUT, "mfa_reauthenticate", "mfa_reauthenticate_webauthn"}
# The password first, because whoever enrols must have signed in just now.
ENROLMENT = {
    *SIGN_OUT,
    "account_reauthenticate",
    "mfa_index",
    "mfa_activate_totp",
    "mfa_add_webauthn",
}
# A handed-out password is changed before anything else.
CHANGE_PASSWORD = {"admin:password_change", "account_change_password"}
REMOVAL = {"mfa_deactivate_totp", "mfa_remove_webauthn"}


def is_needed(user: Any) -> bool:
    rights: list[str] = settings.SECOND_FACTOR_RIGHTS
    return bool(rights) and (
        user.is_superuser or any(user.has_perm(right) for right in rights)
    )


def is_missing(request: HttpRequest) -> bool:
    return not has_used_second_factor(request) and is_needed(request.user)


def factors_of(user: Any) -> list[str]:
    held = Authenticator.objects.filter(user=user, type__in=FACTORS)
    return list(held.values_list("type", flat=True))


def guard(request: HttpRequest, view_name: str) -> HttpResponse | None:
    """Turn away whoever lacks their second factor, except from what leads to it."""
    user: Any = request.user
    if user.must_change_password and view_name in CHANGE_PASSWORD:
        return None
    if view_name in SIGN_OUT or not is_missing(request):
        return None
    held = factors_of(user)
    if view_name in (SECOND_STEP if held else ENROLMENT):
        return None
    second_factor_missing.send(sender=Authenticator, request=request)
    return _ask_for_second_step(request, held) if held else _ask_to_enrol(request)


def guard_last_factor(request: HttpRequest, view_name: str) -> HttpResponse | None:
    """Whoever needs a second factor adds another before the last one goes."""
    if view_name not in REMOVAL or not is_needed(request.user):
        return None
    if len(factors_of(request.user)) > 1:
        return None
    why = _("Your rights need a second factor: add another before you remove this one.")
    return turn_to(request, reverse("mfa_index"), why)


def note_added(
    sender: Any, request: HttpRequest, user: Any, authenticator: Any, **kwargs: Any
) -> None:
    """Enrolling the first factor shows that one has it; another shows only itself."""
    if authenticator.type not in FACTORS or len(factors_of(user)) > 1:
        return
    record_authentication(
        request, user, SECOND_FACTOR, id=authenticator.pk, type=authenticator.type
    )
    if page := request.session.pop(ENROLLED_FOR, ""):
        text = _("Your second factor is set. Keep the recovery codes, then")
        link = format_html('{} <a href="{}">{}</a>.', text, page, _("go on"))
        messages.success(request, link)


def note_removed(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """What was shown with a factor that is gone counts no more, in any session."""
    if factors_of(user):
        return
    request.session[AUTHENTICATION_METHODS_SESSION_KEY] = [
        record
        for record in get_authentication_records(request, user)
        if record.get("method") != SECOND_FACTOR
    ]
    others = UserSession.objects.filter(user=user)
    others = others.exclude(session_key=request.session.session_key)
    end_sessions(request, others, user=user, reason="factor removed")


def _ask_for_second_step(request: HttpRequest, held: list[str]) -> HttpResponse:
    has_codes = Authenticator.Type.TOTP in held
    name = "mfa_reauthenticate" if has_codes else "mfa_reauthenticate_webauthn"
    why = _("Your rights need your second factor, which this session has not used yet.")
    return turn_to(request, with_next(reverse(name), page_of(request)), why)


def _ask_to_enrol(request: HttpRequest) -> HttpResponse:
    page = request.session[ENROLLED_FOR] = page_of(request)
    why = _(
        "Your rights reach the data of many people: set up a second factor, which "
        "the sign-in asks for from now on."
    )
    return turn_to(request, with_next(reverse("mfa_activate_totp"), page), why)
