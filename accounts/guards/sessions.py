"""How long a session lasts, and how it is ended from elsewhere.

A session ends when nobody used it for `SESSION_IDLE_MINUTES`, and in any case after
`SESSION_HOURS`: a desk is left for a talk between the shelves, and a day's work ends.
The last use is written every few minutes at most, so that looking at pages does not
make the database write.
"""

import time
from collections.abc import Iterable
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.db import DatabaseError, transaction
from django.http import HttpRequest
from django.utils import timezone

from accounts.guards import devices
from accounts.guards.answers import is_by_script
from accounts.guards.proof import SIGNED_IN_AT
from accounts.guards.signals import second_factor_reset, sessions_ended
from portal.sqlite import hurried, is_busy

SEEN_AT = "seen_at"
WRITTEN_EVERY = 5 * 60


def begin(request: HttpRequest) -> None:
    """After each sign-in, by whatever way."""
    request.session[SIGNED_IN_AT] = request.session[SEEN_AT] = time.time()
    if "REMOTE_ADDR" in request.META:
        devices.remember(request, request.user)
        UserSession.objects.create_from_request(request)


def has_ended(request: HttpRequest) -> bool:
    """Whether the time of the session is up; one that does not say when it began is."""
    now = time.time()
    idle = now - request.session.get(SEEN_AT, 0.0)
    age = now - request.session.get(SIGNED_IN_AT, 0.0)
    limit = settings.SESSION_IDLE_MINUTES * 60
    return idle > limit or age > settings.SESSION_HOURS * 60 * 60


def note_use(request: HttpRequest) -> None:
    """Somebody is there. What a page fetches by itself does not show that."""
    now = time.time()
    if is_by_script(request) and request.method == "GET":
        return
    if now - request.session.get(SEEN_AT, 0.0) < WRITTEN_EVERY:
        return
    seen_at = request.session.get(SEEN_AT)
    try:
        with hurried():
            _write_use(request)
            request.session[SEEN_AT] = now
            request.session.save()
    except DatabaseError as error:
        # Looking at a page waits for nobody's import; the next one notes it.
        if not is_busy(error):
            raise
        request.session[SEEN_AT] = seen_at
    # Either way, there is nothing to be saved any more.
    request.session.modified = False


def _write_use(request: HttpRequest) -> None:
    seen = UserSession.objects.filter(session_key=request.session.session_key)
    address = get_adapter().get_client_ip(request)
    if not seen.update(last_seen_at=timezone.now(), ip=address):
        # Its key changed, as it does with the password.
        UserSession.objects.create_from_request(request)


def end_sessions(
    request: HttpRequest | None,
    sessions: Iterable[UserSession],
    *,
    user: Any,
    reason: str,
) -> int:
    """End these sessions of `user`; tells how many."""
    count = 0
    with transaction.atomic():
        for session in sessions:
            session.end()
            count += 1
        if count:
            sessions_ended.send(
                sender=UserSession,
                request=request,
                user=user,
                count=count,
                reason=reason,
            )
    return count


def reset_second_factor(request: HttpRequest | None, user: Any, *, reason: str) -> int:
    """Take away all factors and end all sessions of `user`; tells how many factors.

    The next sign-in asks to enrol again where the rights need it.
    """
    with transaction.atomic():
        factors = Authenticator.objects.filter(user=user)
        count = factors.exclude(type=Authenticator.Type.RECOVERY_CODES).count()
        factors.delete()
        end_sessions(
            request, UserSession.objects.filter(user=user), user=user, reason=reason
        )
        second_factor_reset.send(
            sender=Authenticator, request=request, user=user, count=count
        )
    return count
