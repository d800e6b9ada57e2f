"""The portal's own address, for the links in letters."""

from django.http import HttpRequest


def portal_address(request: HttpRequest) -> str:
    """As its visitor reached it; ALLOWED_HOSTS has refused every foreign name.

    The only place that makes an address out of what a browser sent: a link in a letter
    that led elsewhere would hand its secret over.
    """
    return request.build_absolute_uri("/")
