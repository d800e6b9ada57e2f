"""Where somebody is signed in: managers end it, and remove lost factors and links."""

from typing import Any

from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.guards.second_factor import factors_of
from accounts.guards.sessions import end_sessions, reset_second_factor
from accounts.models import User
from accounts.policy import CHANGE_PEOPLE, MANAGE_STAFF, may_manage_staff, may_touch
from accounts.sign_in.sso.links import remove_links
from portal.admin.base import PortalModelAdmin

ALL = "all"


class SessionsPageMixin(PortalModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        pages = {
            "sessions": self.sessions_view,
            "reset-factor": self.reset_factor_view,
            "unlink": self.unlink_view,
        }
        return [
            path(
                f"<path:object_id>/{name}/",
                self.admin_site.admin_view(view),
                name=f"accounts_user_{name.replace('-', '_')}",
            )
            for name, view in pages.items()
        ] + super().get_urls()

    def sessions_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """Show them; a POST ends one, or all."""
        person = self._person(request, object_id)
        sessions = UserSession.objects.filter(user=person).order_by("-last_seen_at")
        if request.method != "POST":
            return self._show_sessions(request, person, sessions)
        chosen = request.POST.get("session", "")
        if chosen != ALL:
            key = int(chosen) if chosen.isascii() and chosen.isdigit() else None
            sessions = sessions.filter(pk=key)
        count = end_sessions(request, sessions, user=person, reason="by a manager")
        text = ngettext("%d session ended.", "%d sessions ended.", count) % count
        self.message_user(request, text)
        return redirect(request.path)

    def reset_factor_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For who lost phone and codes."""
        person = self._other_person(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        reset_second_factor(request, person, reason="second factor reset")
        text = _("The second factor of %s is reset; their sessions are ended.") % person
        self.message_user(request, text, messages.INFO)
        return redirect(self._sessions_url(person))

    def unlink_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """For who has another account at the provider of the single sign-on now."""
        person = self._other_person(request, object_id)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if remove_links(request, person):
            text = _("The link to %s is removed; their sessions are ended.")
        else:
            text = _("There was no link to %s.")
        self.message_user(request, text % settings.SSO_NAME, messages.INFO)
        return redirect(self._sessions_url(person))

    def _other_person(self, request: HttpRequest, object_id: str) -> User:
        """One's own factors and links go on one's own pages."""
        person = self._person(request, object_id)
        if person.pk == request.user.pk:
            raise PermissionDenied
        return person

    def _person(self, request: HttpRequest, object_id: str) -> User:
        if not may_manage_staff(request.user):
            raise PermissionDenied
        person = self.get_object(request, unquote(object_id))
        if person is None:
            raise Http404
        if not _may_sign_out(request.user, person):
            raise PermissionDenied
        return person

    def _show_sessions(
        self, request: HttpRequest, person: User, sessions: Any
    ) -> HttpResponse:
        return TemplateResponse(
            request,
            "accounts/guards/sessions.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Where %s is signed in") % person,
                "person": person,
                "sessions": [each for each in sessions if each.exists()],
                "current_key": request.session.session_key,
                "factors": len(factors_of(person)),
                "links": SocialAccount.objects.filter(user=person),
                "sso_name": settings.SSO_NAME,
                "is_oneself": person.pk == request.user.pk,
                "back": reverse("admin:accounts_user_change", args=[quote(person.pk)]),
            },
        )

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        person = kwargs.get("obj")
        may = person is not None and may_manage_staff(request.user)
        if person is not None and may and _may_sign_out(request.user, person):
            link = (_("Sessions"), self._sessions_url(person), "devices")
            context.setdefault("object_links", []).append(link)
        return super().render_change_form(request, context, *args, **kwargs)

    def _sessions_url(self, person: User) -> str:
        return reverse("admin:accounts_user_sessions", args=[quote(person.pk)])


def _may_sign_out(actor: Any, person: User) -> bool:
    """Within the reach of both rights: they may come from roles of other branches."""
    rights = (CHANGE_PEOPLE, MANAGE_STAFF)
    return all(may_touch(actor, person, right) for right in rights)
