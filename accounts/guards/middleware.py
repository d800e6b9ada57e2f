"""The guards at work, in this order; all come after the messages' middleware."""

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.guards import sessions
from accounts.guards.answers import is_by_script, page_of, turn_to, with_next

Handler = Callable[[HttpRequest], HttpResponse]


class SessionLimitMiddleware:
    """Ends the session whose time is up; notes now and then that one is in use."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        if sessions.has_ended(request):
            return self._end(request)
        sessions.note_use(request)
        return self.get_response(request)

    def _end(self, request: HttpRequest) -> HttpResponse:
        why = _("You were signed out, because your session is over: sign in again.")
        if "HX-Request" in request.headers or not is_by_script(request):
            # Another script's answer is not shown: the next page ends it.
            logout(request)
        if request.path in (reverse("admin:login"), reverse("account_login")):
            messages.warning(request, why)
            return self.get_response(request)
        url = with_next(resolve_url(settings.LOGIN_URL), page_of(request))
        return turn_to(request, url, why, HTTPStatus.UNAUTHORIZED)
