"""Keeps whoever signs in with a handed-out password at the page that changes it."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

OPEN = ("account_change_password", "account_logout", "admin:logout")


class TemporaryPasswordMiddleware:
    """Must come after the authentication middleware."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if user.is_authenticated and user.must_change_password:
            allowed = {reverse(name) for name in OPEN}
            is_static = request.path.startswith("/static/")
            if request.path not in allowed and not is_static:
                return redirect("account_change_password")
        return self.get_response(request)
