"""Refuses what is too large before a byte of it is kept."""

import re
from collections.abc import Callable

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

MIB = 1024 * 1024
# What a form sends around a file.
AROUND = MIB
LENGTH = re.compile(r"[0-9]{1,18}")


class UploadLimitMiddleware:
    """Lets only those send a large body who may upload, and only to where they may.

    Django keeps a file that is sent as soon as anything asks for the form, and its
    check of the token asks before any view looks at rights; it has no limit for files.
    Must come after the authentication middleware.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        # Without the header Django reads nothing at all.
        size = request.META.get("CONTENT_LENGTH") or "0"
        if not LENGTH.fullmatch(size) or int(size) > most_bytes(request):
            raise RequestDataTooBig("The body of the request is too large.")
        return self.get_response(request)


def most_bytes(request: HttpRequest) -> int:
    right = settings.UPLOADS.get(view_name(request.path_info))
    if right and request.user.has_perm(right):
        return settings.IMPORT_MAX_MIB * MIB + AROUND
    return settings.DATA_UPLOAD_MAX_MEMORY_SIZE


def view_name(path: str) -> str:
    try:
        return resolve(path).view_name
    except Resolver404:
        return ""
