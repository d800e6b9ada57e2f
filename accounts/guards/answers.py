"""How a guard turns a request away: fitting for pages, htmx and scripts."""

from http import HTTPStatus
from urllib.parse import urlencode

from django.contrib import messages
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
    JsonResponse,
)
from django.urls import reverse


def turn_to(
    request: HttpRequest,
    url: str,
    why: str,
    status: HTTPStatus = HTTPStatus.FORBIDDEN,
) -> HttpResponse:
    """Send the browser to `url` with a message; a script gets `status` and no page."""
    if request.headers.get("HX-Request"):
        messages.warning(request, why)
        return HttpResponse(headers={"HX-Redirect": url})
    if is_by_script(request):
        return JsonResponse({"detail": why, "url": url}, status=status)
    messages.warning(request, why)
    return HttpResponseRedirect(url)


def is_by_script(request: HttpRequest) -> bool:
    """Whether no page was opened: a script fetches, and would not show a sign-in."""
    headers = request.headers
    return (
        headers.get("Sec-Fetch-Dest") == "empty"
        or headers.get("X-Requested-With") == "XMLHttpRequest"
        or headers.get("Accept", "").startswith("application/json")
    )


def with_next(url: str, page: str) -> str:
    """`url`, from which one goes on to `page`."""
    return f"{url}?{urlencode({REDIRECT_FIELD_NAME: page})}"


def page_of(request: HttpRequest) -> str:
    """The page to come back to: not what was sent, nor what a script fetched."""
    if request.method in ("GET", "HEAD") and not is_by_script(request):
        return request.get_full_path()
    return reverse("admin:index")
