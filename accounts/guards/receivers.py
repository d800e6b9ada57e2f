"""What the guards do when somebody signs in, or their factors change."""

from typing import Any

from django.contrib.auth.signals import user_logged_in
from django.http import HttpRequest

from accounts.guards import sessions


def begin_session(sender: Any, request: HttpRequest, **kwargs: Any) -> None:
    sessions.begin(request)


def connect() -> None:
    for signal, receiver in ((user_logged_in, begin_session),):
        signal.connect(receiver, dispatch_uid=f"accounts.guards.{receiver.__name__}")
