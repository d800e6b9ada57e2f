"""Orders the letters about signing in: the worker writes and sends them."""

from typing import Any

from django.http import HttpRequest

from accounts.models import User
from accounts.sign_in.devices import device_in_words
from portal.addresses import portal_address
from portal.outbox import post
from portal.security.visits import client_address


def order_reset(person: User, base_url: str) -> None:
    """Order the letter with which `person` chooses a new password.

    Every password reset passes here.
    """
    post("password_reset", person=person, base_url=base_url)


def order_notice(
    person: User, notice: str, request: HttpRequest | None, *, to: str | None = None
) -> None:
    """Order a notice of a change, to the person's address or to an older one.

    Without a request it was done in the shell. `notice` is a key of `NOTICES`.
    """
    to = person.email if to is None else to
    if not to:
        return
    details: dict[str, Any] = {"notice": notice, "to": to}
    if request is None:
        post("notice", person=person, details=details)
        return
    details |= {
        "device": device_in_words(request.META.get("HTTP_USER_AGENT", "")),
        "address": client_address(request),
    }
    base_url = portal_address(request)
    post("notice", person=person, base_url=base_url, details=details)
