"""What people see when the database was writing something large for too long.

On SQLite one writes at a time, and a large import is one transaction: a save that
comes meanwhile waits for its turn, and gives up after a while. What was typed must not
be lost with it, so the page carries the form and sends it again on a click.
"""

import logging
import re
from collections.abc import Callable
from http import HTTPStatus

from django.contrib.sessions.middleware import SessionMiddleware
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from portal import errors
from portal.sqlite import is_busy

logger = logging.getLogger(__name__)

# In seconds, for programs.
RETRY_AFTER = 30
# Deadlock, and what had to be taken back for another's sake.
LOST_TO_ANOTHER = {"40P01", "40001", "55P03"}
SECRET = re.compile("pass|secret|token|credential", re.IGNORECASE)
CSRF_FIELD = "csrfmiddlewaretoken"


class BusyMiddleware:
    """Answers where a view did not get its turn to write, and so changed nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(
        self, request: HttpRequest, error: Exception
    ) -> HttpResponse | None:
        if not isinstance(error, DatabaseError) or not lost_its_turn(error):
            return None
        logger.warning("%s did not get its turn to write.", request.path)
        return too_busy(request)


class BusySessionMiddleware(SessionMiddleware):
    """Gives the answer even if the session cannot be saved: what it tells of is done.

    At worst a message is shown once more, or a sign-in is asked for again.
    """

    def process_response(
        self, request: HttpRequest, response: HttpResponse
    ) -> HttpResponse:
        try:
            return super().process_response(request, response)
        except DatabaseError as error:
            if not lost_its_turn(error):
                raise
            logger.warning("The session of %s was not saved.", request.path)
            return response


def lost_its_turn(error: DatabaseError) -> bool:
    """Whether the same would work a little later."""
    return is_busy(error) or getattr(error.__cause__, "sqlstate", "") in LOST_TO_ANOTHER


def too_busy(request: HttpRequest) -> HttpResponse:
    fields = form_to_carry(request)
    text = _("Much is being written just now, by a large import for instance.")
    if request.method != "POST":
        what = _("Load the page again in a moment.")
    elif fields is None:
        what = _("Go back, look whether it was done, and else send it once more.")
    else:
        what = _("Nothing was changed, and what you entered is kept on this page.")
    response = errors.error_page(
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        _("The portal is busy"),
        f"{text} {what}",
        fields=fields,
    )
    response.headers["Retry-After"] = str(RETRY_AFTER)
    return response


def form_to_carry(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What was sent, to be sent again; None where it holds files or secrets.

    No page repeats a password, and no page can repeat a file. The steps of a sign-in
    are not repeated at all: they are of one moment.
    """
    match = request.resolver_match
    is_ours = match is not None and match.namespace == "admin"
    if request.method != "POST" or request.FILES or not is_ours:
        return None
    sent = [(name, each) for name, texts in request.POST.lists() for each in texts]
    fields = [(name, text) for name, text in sent if name != CSRF_FIELD]
    return None if any(SECRET.search(name) for name, _text in fields) else fields
