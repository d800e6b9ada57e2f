"""Browsers and addresses from which an account has signed in before.

They have counters of their own, so that whoever guesses at an account from elsewhere
does not keep its owner out (OWASP: «device cookies»).
"""

import secrets
import unicodedata
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE = "known_devices"
SALT = "accounts.guards.devices"
COOKIE_AGE = 180 * 24 * 60 * 60
ADDRESS_AGE = 30 * 24 * 60 * 60
# A desk that many share; whoever signed in there longest ago is forgotten.
MOST_NAMES = 40
LONGEST_NAME = 254


def folded(name: str) -> str:
    """As typed, with what makes no difference to whose account it is taken away."""
    short = name.strip()[:LONGEST_NAME]
    return unicodedata.normalize("NFKC", short).casefold()


def client_address(request: HttpRequest) -> str:
    """A network of IPv6 counts as one address: whoever has one has all of it."""
    address = ip_address(get_adapter().get_client_ip(request))
    if isinstance(address, IPv6Address):
        # A server that listens to both writes those of IPv4 so.
        mapped = address.ipv4_mapped
        return str(mapped or ip_network((int(address), 64), strict=False))
    return str(address)


def device_of(request: HttpRequest, name: str) -> str:
    """The mark of this browser if `name` has signed in with it before, else ''."""
    return _known(request).get(_mark(name), "")


def is_known_address(name: str, address: str) -> bool:
    return cache.get(_address_key(name, address)) is not None


def remember(request: HttpRequest, user: Any) -> None:
    """Note a sign-in; `keep_cookie` carries it to the browser."""
    known = _known(request)
    for name in filter(None, (user.get_username(), user.email)):
        mark = _mark(name)
        known[mark] = known.pop(mark, "") or secrets.token_urlsafe(9)
        cache.set(_address_key(name, client_address(request)), 1, ADDRESS_AGE)
    kept: Any = request
    kept.known_devices = dict([*known.items()][-MOST_NAMES:])


def keep_cookie(request: HttpRequest, response: HttpResponse) -> None:
    if known := getattr(request, "known_devices", None):
        response.set_cookie(
            COOKIE,
            signing.dumps(known, salt=SALT, compress=True),
            max_age=COOKIE_AGE,
            secure=settings.SESSION_COOKIE_SECURE,
            httponly=True,
            samesite="Lax",
        )


def _known(request: HttpRequest) -> dict[str, str]:
    cookie = request.COOKIES.get(COOKIE, "")
    try:
        known: dict[str, str] = signing.loads(cookie, salt=SALT, max_age=COOKIE_AGE)
    except signing.BadSignature:
        return {}
    return known


def _mark(name: str) -> str:
    """Stands for a name in the cookie, which others at the desk could read."""
    return salted_hmac(SALT, folded(name), algorithm="sha256").hexdigest()[:16]


def _address_key(name: str, address: str) -> str:
    return f"guards:known:{_mark(name)}:{address}"
