"""Where a request came from."""

from contextvars import ContextVar
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from portal.security.devices import device_of
from portal.security.texts import one_line

# What the parts of an address are called that let somebody in.
SECRETS = {"token", "key"}
# Services have no request at hand; the middleware says which one they work for.
current_request: ContextVar[HttpRequest | None] = ContextVar("request", default=None)


@dataclass(frozen=True)
class Visit:
    """What an event keeps of the request: no query, for that may hold a secret."""

    address: str | None = None
    device: str = ""
    user_agent: str = ""
    path: str = ""
    request_id: str = ""

    @classmethod
    def of(cls, request: HttpRequest | None) -> "Visit":
        if request is None:
            return cls()
        user_agent = one_line(request.META.get("HTTP_USER_AGENT", ""), 300)
        return cls(
            address=client_address(request),
            device=device_of(user_agent),
            user_agent=user_agent,
            path=one_line(_path_of(request), 300),
            request_id=one_line(getattr(request, "request_id", ""), 64),
        )


def client_address(request: HttpRequest) -> str | None:
    """The address that the request came from, None if there is no valid one.

    A browser may send `X-Forwarded-For` itself: only behind a proxy that is trusted
    does it count, and of it only the last hop, which is what that proxy has seen.
    """
    hops = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.TRUST_PROXY else ""
    forwarded = _valid(hops.rpartition(",")[2])
    return forwarded or _valid(request.META.get("REMOTE_ADDR", ""))


def signed_in_user(request: HttpRequest | None) -> Any:
    user = getattr(request, "user", None)
    return user if user is not None and user.is_authenticated else None


def _valid(text: str) -> str | None:
    try:
        # A zone means something on this machine alone, and PostgreSQL refuses it.
        address = ip_address(text.strip().partition("%")[0])
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _path_of(request: HttpRequest) -> str:
    """As the site resolved it: an address that holds a token is told by its pattern."""
    match = request.resolver_match
    if match is not None and SECRETS & match.kwargs.keys():
        return f"/{match.route}"
    return request.path
