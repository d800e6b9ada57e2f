import time
from typing import Any

from allauth.account.utils import get_next_redirect_url
from allauth.account.views import logout
from django.contrib.auth.views import redirect_to_login
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from portal.admin.deletion import delete_selected

SEARCH_CHARACTERS = 100


class PortalAdminSite(UnfoldAdminSite):
    """The portal itself; `django.contrib.admin.site` is this one."""

    index_title = _("Dashboard")

    def __init__(self, name: str = "admin") -> None:
        super().__init__(name)
        self.add_action(delete_selected, "delete_selected")

    def look(self, request: HttpRequest) -> dict[str, Any]:
        """What a page needs to look like one of ours; asks for nobody's rights."""
        return {
            "site_title": self._get_config("SITE_TITLE", request),
            "site_favicons": self._get_favicons("SITE_FAVICONS", request),
            "login_image": self._get_value(
                self._get_config("LOGIN", request)["image"], request
            ),
            "border_radius": self._get_config("BORDER_RADIUS", request),
            "colors": self._get_colors("COLORS", request),
            "styles": self._get_list("STYLES", request),
        }

    def login(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """To the page that signs people in, or away from one who may not enter."""
        if self.has_permission(request):
            return redirect("admin:index")
        if request.user.is_authenticated:
            return redirect("account_inactive")
        wanted = get_next_redirect_url(request) or reverse("admin:index")
        return redirect_to_login(wanted)

    def logout(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return (
            logout(request) if request.method == "POST" else redirect("account_logout")
        )

    def password_change(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        return redirect("account_change_password")

    def search(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """The command search: pages by name, and people.

        The theme's own keeps its answers for minutes, past the loss of a right, and
        has no limit.
        """
        started = time.perf_counter()
        term = request.GET.get("s", "").strip().lower()[:SEARCH_CHARACTERS]
        if not term:
            return HttpResponse()
        results = [
            *self._search_apps(super().get_app_list(request), term),
            *self._get_value(
                self._get_config("COMMAND", request)["search_callback"], request, term
            ),
        ]
        page = Paginator(results, max(len(results), 1))
        return TemplateResponse(
            request,
            "unfold/helpers/command_results.html",
            {
                "search_term": term,
                "page_obj": page,
                "results": page.page(1),
                "page_counter": 0,
                "execution_time": time.perf_counter() - started,
                "command_show_history": False,
            },
            headers={"HX-Trigger": "search"},
        )
