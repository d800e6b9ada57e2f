"""What no page of the portal should have to think of."""

from collections.abc import Callable
from http import HTTPStatus

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from portal.errors import method_not_allowed


class NoNulMiddleware:
    """Refuses addresses with a NUL, which no text has and PostgreSQL cannot look for.

    Forms refuse it with a message at the field; a filter in an address has none.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise BadRequest("The address holds a NUL.")
        return self.get_response(request)


class WrongMethodMiddleware:
    """Draws a page for what is not to be opened, but sent.

    Django answers without a text, and browsers then show a page of their own that
    blames the portal.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code == HTTPStatus.METHOD_NOT_ALLOWED:
            page = method_not_allowed(request)
            response.content = page.content
            response.headers["Content-Type"] = page.headers["Content-Type"]
            response.headers["Content-Length"] = str(len(page.content))
        return response
