"""Tells security events which request is being answered, and records refusals."""

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from portal.security.refusals import record_refusal
from portal.security.visits import current_request


class SecurityEventMiddleware:
    """Comes before whatever may refuse a request, and after the session's."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        token = current_request.set(request)
        try:
            response = self.get_response(request)
            if response.status_code == HTTPStatus.FORBIDDEN:
                record_refusal(request)
        finally:
            current_request.reset(token)
        return response
