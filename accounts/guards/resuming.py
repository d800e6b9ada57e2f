"""A form that was interrupted by the question who is there, and goes on after it.

allauth calls `resume` once the person has confirmed it. Its own way calls the view past
the middleware, and loses a form whose address has a query; here the guards look again,
and history names the page.
"""

import time
from typing import Any

from allauth.account.internal.flows.reauthentication import STATE_SESSION_KEY
from allauth.account.utils import get_next_redirect_url
from django.conf import settings
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect
from django.urls import resolve

from accounts.guards import second_factor
from portal.history.acts import Actor, acting
from portal.models import ChangeSet

CALLBACK = "accounts.guards.resuming.resume"


def stash(request: HttpRequest, view_name: str) -> None:
    request.session[STATE_SESSION_KEY] = {
        "callback": CALLBACK,
        "state": {
            "at": time.time(),
            "view_name": view_name,
            "page": request.get_full_path(),
            "path": request.path,
            "path_info": request.path_info,
            "query": request.META.get("QUERY_STRING", ""),
            "body": request.POST.urlencode(),
        },
    }


def resume(request: HttpRequest, state: dict[str, Any]) -> HttpResponse:
    """Send the form that waited, if it is the one that was asked about just now."""
    wanted = get_next_redirect_url(request)
    age = time.time() - state["at"]
    if wanted != state["page"] or age > settings.FRESH_SIGN_IN_MINUTES * 60:
        return redirect(wanted or "admin:index")
    _become(request, state)
    if answer := second_factor.guard(request, state["view_name"]):
        return answer
    match = resolve(request.path_info)
    request.resolver_match = match
    actor = Actor(kind=ChangeSet.Kind.FORM, user=request.user, origin=request.path)
    with acting(actor):
        return match.func(request, *match.args, **match.kwargs)


def _become(request: HttpRequest, state: dict[str, Any]) -> None:
    """The session, its person and the connection stay; what was sent is another."""
    sent: Any = request
    sent.method = "POST"
    sent.path, sent.path_info = state["path"], state["path_info"]
    sent.META |= {"PATH_INFO": state["path_info"], "QUERY_STRING": state["query"]}
    sent.GET = QueryDict(state["query"])
    sent.POST = QueryDict(state["body"])
