"""Reverting a whole change set: first the page that shows what would happen."""

from typing import Any

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.csrf import csrf_protect

from portal.admin.history import REVERT_HISTORY
from portal.admin.plans import judge, lists_of
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.admin.reasons import REASON_NEEDED, typed_reason
from portal.admin.undo import undo_tag
from portal.history.revert import plan_change_set
from portal.history.steps import Plan, RevertRefused
from portal.history.writing import CHANGED_MEANWHILE, carry_out
from portal.models import ChangeSet


class RevertSetMixin(ReadOnlyModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<path:object_id>/revert/",
                self.admin_site.admin_view(self.revert_view),
                name="portal_changeset_revert",
            ),
            *super().get_urls(),
        ]

    def has_revert_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return request.user.has_perm(REVERT_HISTORY) and self.has_view_permission(
            request, obj
        )

    @method_decorator(csrf_protect)
    def revert_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        change_set = self.get_object(request, unquote(object_id))
        if change_set is None:
            raise Http404
        if not self.has_revert_permission(request, change_set):
            raise PermissionDenied
        if request.method == "POST":
            plan = self._plan(request, change_set)
            response = self._revert(request, change_set, plan)
            if response is not None:
                return response
        # Anew after a refusal: somebody may have changed something meanwhile.
        return self._show_plan(request, change_set, self._plan(request, change_set))

    def _plan(self, request: HttpRequest, change_set: ChangeSet) -> Plan:
        plan = plan_change_set(change_set)
        judge(self.admin_site, request, plan)
        return plan

    def _revert(
        self, request: HttpRequest, change_set: ChangeSet, plan: Plan
    ) -> HttpResponseRedirect | None:
        if "undo" in request.POST:
            return self._undo(request, change_set, plan)
        reason = typed_reason(request)
        if request.POST.get("digest") != plan.digest:
            messages.warning(request, CHANGED_MEANWHILE)
            return None
        if not reason:
            messages.error(request, REASON_NEEDED)
            return None
        return self._carry_out(request, change_set, plan, reason)

    def _undo(
        self, request: HttpRequest, change_set: ChangeSet, plan: Plan
    ) -> HttpResponseRedirect | None:
        """Undone at once when all of it can be; else the page shows what can."""
        if plan.is_whole:
            return self._carry_out(request, change_set, plan, _("Undone right after."))
        messages.warning(
            request,
            _("Not everything can be undone. This is what would happen:"),
        )
        return None

    def _carry_out(
        self, request: HttpRequest, change_set: ChangeSet, plan: Plan, reason: str
    ) -> HttpResponseRedirect | None:
        try:
            made = carry_out(
                plan,
                kind=ChangeSet.Kind.REVERT,
                actor=request.user,
                reason=reason,
                subject=_("Change set %s") % change_set.pk,
                reverts=change_set,
            )
        except RevertRefused as refused:
            for problem in refused.problems:
                messages.error(request, problem)
            return None
        count = len(plan.ready)
        text = ngettext("%s object reverted.", "%s objects reverted.", count) % count
        messages.success(request, text, extra_tags=undo_tag(request, made))
        if left := len(plan.kept) + len(plan.blocked):
            messages.warning(
                request,
                ngettext(
                    "%s object was left as it is.",
                    "%s objects were left as they are.",
                    left,
                )
                % left,
            )
        return redirect(
            "admin:portal_changeset_change", (made if made else change_set).pk
        )

    def _show_plan(
        self, request: HttpRequest, change_set: ChangeSet, plan: Plan
    ) -> HttpResponse:
        return TemplateResponse(
            request,
            "portal/history/plan.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Revert change set %s") % change_set.pk,
                "opts": self.opts,
                "change_set": change_set,
                "plan": plan,
                "lists": lists_of(_("Will be reverted"), plan),
                "reason": typed_reason(request),
                "verb": _("Revert"),
                "verb_icon": "undo",
                "back_url": reverse(
                    "admin:portal_changeset_change", args=[change_set.pk]
                ),
                "back": _("Back to the change set"),
            },
        )
