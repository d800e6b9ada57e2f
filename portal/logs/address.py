"""Who is asking: the address of the browser, as far as it can be believed."""

from ipaddress import ip_address

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str:
    """ "" when there is none, as on a Unix socket.

    Anybody can send X-Forwarded-For. Behind our own proxy its last entry is the one
    that the proxy added; whatever stands before it was sent by the browser.
    """
    address = request.META.get("REMOTE_ADDR", "")
    if settings.TRUST_PROXY:
        forwarded = request.headers.get("X-Forwarded-For", "")
        address = forwarded.rpartition(",")[2].strip() or address
    try:
        return str(ip_address(address))
    except ValueError:
        return ""
