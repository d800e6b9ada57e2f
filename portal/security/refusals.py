"""Each refused request once, however often it is tried."""

from datetime import timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from portal.models import SecurityEvent
from portal.security.events import Kind, record_event
from portal.security.visits import Visit, signed_in_user

# In this time, one actor (or, of those who have not signed in, one address) gets one
# event for each page and method, and so many in all: nobody floods the log.
WINDOW = timedelta(minutes=1)
MOST = 30


def record_refusal(request: HttpRequest) -> None:
    method = str(request.method)
    if not _is_known(request, method):
        record_event(Kind.REFUSED, request=request, method=method)


def _is_known(request: HttpRequest, method: str) -> bool:
    user, visit = signed_in_user(request), Visit.of(request)
    same: dict[str, Any] = {"actor_id": user.pk if user else None}
    if user is None:
        same["address"] = visit.address
    recent = SecurityEvent.objects.filter(
        kind=Kind.REFUSED, at__gt=timezone.now() - WINDOW, **same
    )
    known = [
        (path, details.get("method"))
        for path, details in recent.values_list("path", "details")[:MOST]
    ]
    return len(known) >= MOST or (visit.path, method) in known
