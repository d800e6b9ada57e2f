from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

SEARCH_CHARACTERS = 100


class PortalAdminSite(UnfoldAdminSite):
    """The portal itself; `django.contrib.admin.site` is this one."""

    index_title = _("Dashboard")

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The command search; a page number that is none is the first page."""
        query = request.GET.copy()
        query["s"] = query.get("s", "")[:SEARCH_CHARACTERS]
        query["page"] = "1"
        request.GET = query  # type: ignore[assignment]
        return super().search(request, extra_context)
