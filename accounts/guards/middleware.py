"""The guards at work, in this order; all come after the messages' middleware."""

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from allauth.account.internal.stagekit import unstash_login
from django.conf import settings
from django.contrib import admin, messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, resolve_url
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.guards import freshness, second_factor, sessions
from accounts.guards.answers import is_by_script, page_of, turn_to, with_next
from accounts.guards.devices import keep_cookie
from accounts.guards.signals import reset_asked
from accounts.guards.throttle import (
    SlowDown,
    admit_link,
    admit_reset,
    admit_second_factor,
    succeeded,
)
from accounts.views import InvitationView

Handler = Callable[[HttpRequest], HttpResponse]

CONFIRMATIONS = {"account_reauthenticate", "mfa_reauthenticate"}
SECRET_LINKS = {"accounts:invitation", "account_reset_password_from_key"}


class ThrottleMiddleware:
    """Counts the tries that no form of ours counts, and answers those that must wait.

    Sign-ins are counted by their form, which can say it beside the fields.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if seconds := vars(request).get("seconds_to_wait"):
            # A form that says so itself would answer as to any wrong entry.
            response.status_code = HTTPStatus.TOO_MANY_REQUESTS
            response.headers["Retry-After"] = str(seconds)
        elif response.status_code == HTTPStatus.FOUND and _is_secret_link(request):
            succeeded(request)
        keep_cookie(request, response)
        return response

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        name = _view_name(request)
        if _is_secret_link(request):
            return self._let(request, lambda: admit_link(request))
        if request.method != "POST":
            return None
        if name == "account_reset_password":
            return self._ask_for_letter(request)
        user = _whose_step(request, name)
        if user is None:
            return None
        return self._let(request, lambda: admit_second_factor(request, user))

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        return _slow_down(request, error) if isinstance(error, SlowDown) else None

    def _let(
        self, request: HttpRequest, admit: Callable[[], None]
    ) -> HttpResponse | None:
        try:
            admit()
        except SlowDown as error:
            return _slow_down(request, error)
        return None

    def _ask_for_letter(self, request: HttpRequest) -> HttpResponse | None:
        """In silence: an answer of its own would tell who asks for whom."""
        address = request.POST.get("email", "")
        try:
            admit_reset(request, address)
        except SlowDown:
            vars(request).pop("seconds_to_wait")
            return redirect("account_reset_password_done")
        reset_asked.send(sender=SlowDown, request=request, typed_name=address)
        return None


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


class SecondFactorMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        name = _view_name(request)
        return second_factor.guard(request, name) or second_factor.guard_last_factor(
            request, name
        )


class FreshSignInMiddleware:
    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponse | None:
        if not request.user.is_authenticated:
            return None
        return freshness.guard(request, _view_name(request), kwargs)


def _is_secret_link(request: HttpRequest) -> bool:
    """Whether the secret stands in the address; then a page without it follows."""
    match = request.resolver_match
    return (
        match is not None
        and match.view_name in SECRET_LINKS
        and InvitationView.reset_url_token not in match.kwargs.values()
    )


def _view_name(request: HttpRequest) -> str:
    match = request.resolver_match
    return match.view_name if match else ""


def _whose_step(request: HttpRequest, name: str) -> Any:
    if name in CONFIRMATIONS and request.user.is_authenticated:
        return request.user
    if name == "mfa_authenticate" and "code" in request.POST:
        login = unstash_login(request, peek=True)
        return login and login.user
    return None


def _slow_down(request: HttpRequest, error: SlowDown) -> HttpResponse:
    return TemplateResponse(
        request,
        "accounts/guards/slow_down.html",
        {
            **admin.site.each_context(request),
            "title": _("Please wait"),
            "message": error.message,
        },
        status=HTTPStatus.TOO_MANY_REQUESTS,
    )
