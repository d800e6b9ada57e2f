"""From a person to the security events that tell of it."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from portal.admin.base import PortalModelAdmin
from portal.theme import may_view_security_events


class SecurityEventsLinkMixin(PortalModelAdmin):
    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = kwargs.get("obj")
        if person is not None and may_view_security_events(request):
            url = reverse(
                "admin:portal_securityevent_changelist",
                query={"person": person.get_username()},
            )
            links = context.setdefault("object_links", [])
            links.append((_("Security events of this person"), url, "shield"))
        return super().render_change_form(request, context, *args, **kwargs)
