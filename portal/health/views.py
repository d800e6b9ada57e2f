"""Answers for probes: as JSON for whoever accepts it, else as plain text.

What exactly is wrong is told to those alone who have the token of the settings.
"""

from secrets import compare_digest

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.cache import patch_vary_headers
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_deny
from django.views.generic import View

from portal.health.latest import LATEST, Results

TEXT, JSON = "text/plain", "application/json"


@method_decorator([never_cache, xframe_options_deny], name="dispatch")
class ProbeView(View):
    http_method_names = ["get", "head"]


class LiveView(ProbeView):
    """The process answers; it touches nothing else."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return answer(request, "alive", 200, {})


class ReadyView(ProbeView):
    """The portal can do its work: 200, or else 503."""

    def get(self, request: HttpRequest) -> HttpResponse:
        results = LATEST.results()
        is_ready = not any(result.error for result in results.values())
        details = texts_of(results) if has_token(request) else {}
        if is_ready:
            return answer(request, "ready", 200, details)
        return answer(request, "not ready", 503, details)


def texts_of(results: Results) -> dict[str, str]:
    return {
        name: result.error.message if result.error else "ok"
        for name, result in results.items()
    }


def has_token(request: HttpRequest) -> bool:
    given = request.headers.get("Authorization", "").removeprefix("Bearer ")
    token = settings.HEALTH_TOKEN
    return bool(token) and compare_digest(given.encode(), token.encode())


def answer(
    request: HttpRequest, state: str, status: int, details: dict[str, str]
) -> HttpResponse:
    response: HttpResponse
    if request.get_preferred_type([TEXT, JSON]) == JSON:
        told = {"status": state} | ({"checks": details} if details else {})
        response = JsonResponse(told, status=status)
    else:
        lines = [state, *(f"{name}: {text}" for name, text in details.items())]
        response = HttpResponse(
            "".join(f"{line}\n" for line in lines), content_type=TEXT, status=status
        )
    patch_vary_headers(response, ["Accept", "Authorization"])
    return response
