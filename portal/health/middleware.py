"""Lets probes through to the health pages, and nowhere else."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.urls import resolve, reverse

NAMES = ("health:live", "health:ready")


class ProbeMiddleware:
    """Answers a probe before the host, the session or the person is looked at.

    A probe comes to an address of this machine, not to a name in ALLOWED_HOSTS, and it
    must say what is wrong even when the database with the sessions is away. It must
    come after the middleware that sets the security headers, and before the others.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info not in map(reverse, NAMES):
            return self.get_response(request)
        return resolve(request.path_info).func(request)
