from typing import Any

from django.contrib import admin
from django.http import HttpRequest

PAGES = "account/"


def portal_page(request: HttpRequest) -> dict[str, Any]:
    """What the theme's layouts need, for allauth's pages, which know of no admin."""
    match = request.resolver_match
    if match is None or not match.route.startswith(PAGES):
        return {}
    context = admin.site.each_context(request)
    if not context["has_permission"]:
        context["is_nav_sidebar_enabled"] = False
    return context
