"""The page of who may do what, for every member of the staff."""

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from accounts.overview import own_rights, roles_for, table_of
from accounts.policy import VIEW_PEOPLE, reach_of
from accounts.reach import EVERYWHERE
from portal.admin.base import PortalModelAdmin


class OverviewMixin(PortalModelAdmin):
    list_before_template = "accounts/roles/list_tools.html"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.overview_view)
        return [
            path("overview/", view, name="auth_group_overview"),
            *super().get_urls(),
        ]

    @method_decorator(require_safe)
    def overview_view(self, request: HttpRequest) -> HttpResponse:
        """One's own rights, to everybody; the roles, to who may view roles."""
        roles = roles_for(request.user) if self.has_view_permission(request) else []
        return TemplateResponse(
            request,
            "accounts/roles/overview.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Roles and rights"),
                "opts": self.opts,
                "roles": roles,
                "table": table_of(roles) if roles else [],
                "sees_all": reach_of(request.user, VIEW_PEOPLE) is EVERYWHERE,
                "own": own_rights(request.user),
            },
        )
