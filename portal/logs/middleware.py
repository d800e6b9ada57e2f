"""Gives each request an id, and writes one line about it."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from portal.logs.address import client_address
from portal.logs.context import bound, current
from portal.logs.masking import mask

logger = logging.getLogger("portal.requests")

HEADER = "X-Request-ID"
_ACCEPTED = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{7,63}", re.ASCII)


class RequestLogMiddleware:
    """Must come first: what any other middleware says or refuses is told too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        began = time.perf_counter()
        request_id = request_id_of(request)
        # For whatever tells people, or keeps, which request it was.
        request.request_id = request_id  # type: ignore[attr-defined]
        with bound(request_id=request_id):
            response = self.get_response(request)
            response.headers[HEADER] = request_id
            log_request(request, response.status_code, time.perf_counter() - began)
        return response


def request_id_of(request: HttpRequest) -> str:
    """The proxy's, so that its log and ours meet, or a new one."""
    sent = request.headers.get(HEADER, "")
    if settings.TRUST_PROXY and _ACCEPTED.fullmatch(sent):
        return sent
    return uuid.uuid4().hex


def log_request(request: HttpRequest, status: int, seconds: float) -> None:
    """Without the query: it holds whom somebody searched for."""
    facts = {
        "method": request.method,
        "path": mask(request.path),
        "status": status,
        "ms": round(seconds * 1000),
        "user": current().get("user"),
        "address": client_address(request),
    }
    logger.info(
        "%(method)s %(path)s %(status)s %(ms)s ms", facts, extra={"facts": facts}
    )
