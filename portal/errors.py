"""The pages that tell of errors, in the portal's look.

They ask neither the database nor who is signed in: either may be what failed.
"""

import logging
from http import HTTPStatus
from typing import Any, cast

from django.contrib import admin
from django.core.exceptions import (
    BadRequest,
    PermissionDenied,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from portal.admin.site import PortalAdminSite

logger = logging.getLogger(__name__)

TOO_MUCH = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    if isinstance(exception, TOO_MUCH):
        return too_much(request)
    text = _("The address, or what was sent to it, cannot be understood.")
    if isinstance(exception, BadRequest):
        text = str(exception) or text
    return error_page(
        request, HTTPStatus.BAD_REQUEST, _("This cannot be understood"), text
    )


def too_much(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.CONTENT_TOO_LARGE,
        _("This is too much at once"),
        _("Send a smaller file, or choose fewer rows."),
    )


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    text = _("Your role does not open this page. Ask whoever gave you your role.")
    if isinstance(exception, PermissionDenied):
        text = str(exception) or text
    return error_page(request, HTTPStatus.FORBIDDEN, _("You may not do this"), text)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """What was wrong with the token stands in the log, by Django."""
    return error_page(
        request,
        HTTPStatus.FORBIDDEN,
        _("The form was not accepted"),
        _(
            "It is too old, somebody signed in or out since, or it does not come from "
            "this portal. Nothing was changed. Go back, load the page again, and send "
            "the form once more. The browser must accept cookies."
        ),
    )


def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.NOT_FOUND,
        _("There is nothing here"),
        _("The address is wrong, or what it showed is gone or not yours to see."),
    )


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.METHOD_NOT_ALLOWED,
        _("This is not a page"),
        _("It only answers to a button on another page. Nothing was changed."),
    )


def too_many_requests(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.TOO_MANY_REQUESTS,
        _("Too many tries"),
        _("Wait a few minutes, then try again."),
    )


def server_error(request: HttpRequest) -> HttpResponse:
    return error_page(
        request,
        HTTPStatus.INTERNAL_SERVER_ERROR,
        _("Something went wrong"),
        _("The portal could not do this. What happened is in its log."),
    )


def error_page(
    request: HttpRequest,
    status: HTTPStatus,
    title: str,
    text: str,
    *,
    fields: list[tuple[str, str]] | None = None,
) -> HttpResponse:
    """With `fields`, names and texts of a form, a button sends them here once more."""
    request_id = getattr(request, "request_id", "")
    context: dict[str, Any] = {
        "title": title,
        "text": text,
        "status": status.value,
        "request_id": request_id,
    }
    if fields is not None:
        context |= {
            "fields": fields,
            "csrf_token": get_token(request),
            "address": request.get_full_path(),
        }
    try:
        site = cast(PortalAdminSite, admin.site)
        context = {**site.look(request), **context}
        page = str(render_to_string("portal/errors/page.html", context))
    except Exception:
        # Whatever broke must not break the page that tells of it.
        logger.exception("The page of an error could not be drawn.")
        page = f"{status.value} {title}. {text} {request_id}\n"
        return HttpResponse(page, status=status, content_type="text/plain")
    return HttpResponse(page, status=status)
