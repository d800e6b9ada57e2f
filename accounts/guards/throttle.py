"""Wrong tries are slowed, never locked out for good, and nobody locks out another.

A try from an unknown browser counts for the account at this address, for the account
over all addresses (unless it has signed in from this one before), and for the address.
A try from a browser with which the account has signed in before counts there alone:
however much others guess, its owner gets in. Names are counted as they are typed,
whether there is such an account or not.
"""

import math
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from accounts.guards.counters import Counter
from accounts.guards.devices import (
    client_address,
    device_of,
    folded,
    is_known_address,
)
from accounts.guards.signals import slowed_down

Place = tuple[Counter, str]

PAIR = Counter("pair", free=5)
DEVICE = Counter("device", free=10)
ACCOUNT = Counter("account", free=30)
ADDRESS = Counter("address", free=100)
RESET = Counter("reset", free=3)
RESETS = Counter("resets", free=20)
LINK = Counter("link", free=30)

MINUTE = 60

# What a right try clears; of the others it gives back its own place only, so that
# guesses between one's own sign-ins stay counted.
CLEARED = (PAIR, DEVICE)


class SlowDown(Exception):
    """Too many tries: the next is looked at in so many seconds."""

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__(self.message)

    @property
    def message(self) -> str:
        return " ".join([str(_("Too many tries.")), _wait(self.seconds)])


def admit(request: HttpRequest, typed_name: str) -> None:
    """Count a try to sign in, before the password is looked at. Raises SlowDown."""
    name = folded(typed_name)
    _take(request, _places(request, name, name), typed_name=typed_name)


def admit_second_factor(request: HttpRequest, user: Any) -> None:
    """The same for a second step, and for whoever confirms who they are."""
    what = f"second step of {user.pk}"
    _take(request, _places(request, user.get_username(), what), user=user)


def admit_reset(request: HttpRequest, typed_name: str) -> None:
    """The same for who asks for a new password.

    Over all addresses, because each sends a letter: whoever asks too often in the name
    of another has sent them what they need.
    """
    places = [(RESETS, client_address(request)), (RESET, folded(typed_name))]
    _take(request, places, typed_name=typed_name)


def admit_link(request: HttpRequest) -> None:
    """The same for an address that holds a secret; `succeeded` says it was right."""
    _take(request, [(LINK, client_address(request))])


def succeeded(request: HttpRequest, user: Any = None) -> None:
    """What was tried in this request was right."""
    for counter, whom in vars(request).pop("guarded_places", ()):
        if counter in CLEARED:
            counter.forget(whom)
        else:
            counter.give_back(whom)


def _places(request: HttpRequest, name: str, what: str) -> Iterator[Place]:
    if device := device_of(request, name):
        yield DEVICE, f"{what} with {device}"
        return
    address = client_address(request)
    yield PAIR, f"{what} at {address}"
    if not is_known_address(name, address):
        yield ACCOUNT, what
    yield ADDRESS, address


def _take(request: HttpRequest, wanted: Any, **told: Any) -> None:
    """Take a place in each, or in none if one is known to make wait.

    Two guards of one request count one try.
    """
    taken: list[Place] = vars(request).setdefault("guarded_places", [])
    places = [place for place in wanted if place not in taken]
    seconds = max((c.seconds_to_wait(whom) for c, whom in places), default=0)
    for counter, whom in () if seconds else places:
        if seconds := counter.take(whom):
            break
        taken.append((counter, whom))
    if seconds:
        vars(request)["seconds_to_wait"] = seconds
        slowed_down.send(sender=SlowDown, request=request, seconds=seconds, **told)
        raise SlowDown(seconds)


def _wait(seconds: int) -> str:
    if seconds <= MINUTE:
        text = ngettext("Try again in %d second.", "Try again in %d seconds.", seconds)
        return text % seconds
    minutes = math.ceil(seconds / MINUTE)
    text = ngettext("Try again in %d minute.", "Try again in %d minutes.", minutes)
    return text % minutes
