"""What the guards do when somebody signs in, or their factors change."""

from typing import Any

from allauth.account.signals import authentication_step_completed
from allauth.mfa.signals import (
    authenticator_added,
    authenticator_removed,
    authenticator_used,
)
from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from accounts.guards import second_factor, sessions, throttle


def begin_session(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    sessions.begin(request)


def confirm(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    """The password or the factor was right, of whoever is signed in."""
    if kwargs.get("reauthenticated"):
        throttle.succeeded(request, user)


def use_factor(sender: Any, request: HttpRequest, user: Any, **kwargs: Any) -> None:
    throttle.succeeded(request, user)


def connect() -> None:
    for signal, receiver in (
        (user_logged_in, begin_session),
        (authentication_step_completed, confirm),
        (authenticator_used, use_factor),
        (authenticator_added, second_factor.note_added),
        (authenticator_removed, second_factor.note_removed),
    ):
        signal.connect(receiver, dispatch_uid=f"accounts.guards.{receiver.__name__}")
