"""What the guards, and allauth, tell, written down as security events."""

import hashlib
from functools import partial
from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa import signals as factors
from allauth.socialaccount.signals import social_account_added, social_account_removed
from django.core.cache import cache
from django.http import HttpRequest

from accounts.guards import signals
from accounts.sign_in.notices import FACTOR_RESET
from accounts.sign_in.posting import order_notice
from portal.security.events import Kind, record_event

# So long, what is tried again and again is one event.
SAME_FOR = 60


def record_slowed(
    sender: Any,
    request: HttpRequest,
    seconds: int,
    typed_name: str = "",
    user: Any = None,
    **kwargs: Any,
) -> None:
    about = typed_name or getattr(user, "pk", "")
    if _is_news(request, f"slowed {about}"):
        record_event(
            Kind.SLOWED_DOWN,
            request=request,
            typed_name=typed_name,
            subject=user,
            seconds=seconds,
        )


def record_reset_asked(
    sender: Any, request: HttpRequest, typed_name: str, **kwargs: Any
) -> None:
    record_event(Kind.RESET_ASKED, request=request, typed_name=typed_name)


def record_refused(
    sender: Any, request: HttpRequest, reason: str, **kwargs: Any
) -> None:
    if _is_news(request, f"{reason} {request.user.pk}"):
        record_event(Kind.REFUSED, request=request, reason=reason)


def record_ended(
    sender: Any,
    request: HttpRequest | None,
    user: Any,
    count: int,
    reason: str,
    **kwargs: Any,
) -> None:
    record_event(
        Kind.SESSION_ENDED, request=request, subject=user, count=count, reason=reason
    )


def record_factor_reset(
    sender: Any, request: HttpRequest | None, user: Any, count: int, **kwargs: Any
) -> None:
    """The person is written to: somebody else may have asked for it in their name."""
    record_event(
        Kind.FACTOR_REMOVED, request=request, subject=user, count=count, reason="reset"
    )
    order_notice(user, FACTOR_RESET, request)


def record_confirmed(
    sender: Any, request: HttpRequest, user: Any, method: str, **kwargs: Any
) -> None:
    if kwargs.get("reauthenticated"):
        record_event(Kind.CONFIRMED_AGAIN, request=request, actor=user, method=method)


def record_factor(
    sender: Any,
    request: HttpRequest,
    user: Any,
    authenticator: Any,
    kind: Kind,
    **kwargs: Any,
) -> None:
    record_event(kind, request=request, subject=user, factor=authenticator.type)


def record_linked(
    sender: Any, request: HttpRequest, sociallogin: Any, **kwargs: Any
) -> None:
    account = sociallogin.account
    record_event(Kind.ACCOUNT_LINKED, request=request, provider=account.provider)


def record_unlinked(
    sender: Any, request: HttpRequest, socialaccount: Any, **kwargs: Any
) -> None:
    record_event(
        Kind.ACCOUNT_UNLINKED,
        request=request,
        subject=socialaccount.user,
        provider=socialaccount.provider,
    )


RECEIVERS = (
    (signals.slowed_down, record_slowed),
    (signals.reset_asked, record_reset_asked),
    (signals.second_factor_missing, partial(record_refused, reason="second factor")),
    (signals.fresh_sign_in_asked, partial(record_refused, reason="fresh sign-in")),
    (signals.sessions_ended, record_ended),
    (signals.second_factor_reset, record_factor_reset),
    (authentication_step_completed, record_confirmed),
    (factors.authenticator_added, partial(record_factor, kind=Kind.FACTOR_ADDED)),
    (factors.authenticator_reset, partial(record_factor, kind=Kind.FACTOR_ADDED)),
    (factors.authenticator_removed, partial(record_factor, kind=Kind.FACTOR_REMOVED)),
    (factors.authentication_failed, partial(record_factor, kind=Kind.FACTOR_FAILED)),
    (social_account_added, record_linked),
    (social_account_removed, record_unlinked),
)


def connect() -> None:
    for number, (signal, receiver) in enumerate(RECEIVERS):
        # Held by the table: a `partial` would be gone at once.
        signal.connect(receiver, weak=False, dispatch_uid=f"accounts.events.{number}")


def _is_news(request: HttpRequest, what: str) -> bool:
    """Whether this address has not been told of the same within the minute."""
    address = request.META.get("REMOTE_ADDR", "")
    digest = hashlib.sha256(f"{what} from {address}".encode()).hexdigest()
    return cache.add(f"guards:told:{digest}", 1, SAME_FOR)
