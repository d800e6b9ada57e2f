"""What Django itself tells of sign-ins."""

from typing import Any

from django.contrib.auth import get_user_model
from django.http import HttpRequest

from portal.security.events import MOST_OF_A_NAME, Kind, record_event
from portal.security.texts import one_line


def record_sign_in(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    record_event(Kind.SIGNED_IN, request=request, actor=user)


def record_sign_out(
    sender: Any, request: HttpRequest, user: Any, **kwargs: Any
) -> None:
    """Signing out without having signed in tells nothing."""
    if user is not None:
        record_event(Kind.SIGNED_OUT, request=request, actor=user)


def record_failure(
    sender: Any,
    credentials: dict[str, Any],
    request: HttpRequest | None = None,
    **kwargs: Any,
) -> None:
    """With whose account it would have been, if there is one of that name."""
    users = get_user_model()
    typed = one_line(credentials.get(users.USERNAME_FIELD) or "", MOST_OF_A_NAME)
    try:
        subject = users._default_manager.get_by_natural_key(typed)
    except users.DoesNotExist:
        subject = None
    record_event(
        Kind.SIGN_IN_FAILED, request=request, typed_name=typed, subject=subject
    )
