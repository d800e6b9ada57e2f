"""The page that sends one person a link: an invitation, or a way back in."""

from typing import Any

from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _

from accounts.admin.actions import PeopleActionsMixin
from accounts.models import User


class InvitePageMixin(PeopleActionsMixin):
    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.invite_view)
        address = path("<path:object_id>/invite/", view, name="accounts_user_invite")
        return [address, *super().get_urls()]

    def invite_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show whom the link would go to; a POST sends it."""
        if not self.has_invite_permission(request):
            raise PermissionDenied
        person = self.get_object(request, unquote(object_id))
        if person is None:
            raise Http404
        plan = self._plan_invitations(request, User.objects.filter(pk=person.pk))
        plan.back = reverse("admin:accounts_user_change", args=[quote(person.pk)])
        return self._run_invitations(request, plan) or redirect(plan.back)

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = kwargs.get("obj")
        if person is not None and self.has_invite_permission(request, person):
            url = reverse("admin:accounts_user_invite", args=[quote(person.pk)])
            link = (_("Send a sign-in link"), url, "mail")
            context.setdefault("object_links", []).append(link)
        return super().render_change_form(request, context, *args, **kwargs)
