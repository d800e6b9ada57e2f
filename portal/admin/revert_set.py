"""Reverting a whole change set: first the page that shows what would happen."""

from dataclasses import replace
from typing import Any

from django.conf import settings
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
from portal.admin.plans import lists_of
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.admin.reasons import REASON_NEEDED, typed_reason
from portal.admin.reverting import Order, plan_for, revert
from portal.admin.undo import undo_tag
from portal.history.sources import Source
from portal.history.steps import Plan, RevertRefused
from portal.history.writing import CHANGED_MEANWHILE
from portal.jobs import open_revert_job


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
        order = Order(
            source=Source.of(change_set),
            subject=_("Change set %s") % change_set.pk,
            reverts=change_set,
            **self.order_from(request),
        )
        page = {
            "title": _("Revert change set %s") % change_set.pk,
            "change_set": change_set,
            "back_url": reverse("admin:portal_changeset_change", args=[change_set.pk]),
            "back": _("Back to the change set"),
        }
        return self.answer(request, order, page)

    def order_from(self, request: HttpRequest) -> dict[str, Any]:
        """What a request says of an order, whatever it is about."""
        return {
            "user": request.user,
            "digest": request.POST.get("digest", ""),
            "reason": typed_reason(request),
            "origin": request.path,
        }

    def answer(
        self, request: HttpRequest, order: Order, page: dict[str, Any]
    ) -> HttpResponse:
        """Carry out what was confirmed, or show what would happen."""
        if request.method == "POST":
            response = self._confirm(request, order)
            if response is not None:
                return response
        plan = plan_for(request.user, order.source)
        return TemplateResponse(
            request,
            "portal/history/plan.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "plan": plan,
                "lists": lists_of(_("Will be reverted"), plan),
                "reason": order.reason,
                "verb": _("Revert"),
                "verb_icon": "undo",
                **page,
            },
        )

    def _confirm(
        self, request: HttpRequest, order: Order
    ) -> HttpResponseRedirect | None:
        if "undo" in request.POST:
            return self._undo(request, order)
        if not order.reason:
            messages.error(request, REASON_NEEDED)
            return None
        if order.source.size <= settings.REVERT_IN_BACKGROUND_ROWS:
            return self._revert(request, order)
        plan = plan_for(request.user, order.source)
        if plan.digest != order.digest or not plan.ready_count:
            messages.warning(request, CHANGED_MEANWHILE)
            return None
        return self._revert_later(order, plan)

    def _undo(self, request: HttpRequest, order: Order) -> HttpResponseRedirect | None:
        """Undone at once when all of it can be; else the page shows what can."""
        plan = plan_for(request.user, order.source)
        order = replace(order, digest=plan.digest, reason=_("Undone right after."))
        if not plan.is_whole:
            messages.warning(
                request,
                _("Not everything can be undone. This is what would happen:"),
            )
            return None
        if order.source.size > settings.REVERT_IN_BACKGROUND_ROWS:
            return self._revert_later(order, plan)
        return self._revert(request, order)

    def _revert_later(self, order: Order, plan: Plan) -> HttpResponseRedirect:
        job = open_revert_job(order, total=plan.ready_count)
        return redirect("admin:portal_revertjob_change", job.pk)

    def _revert(
        self, request: HttpRequest, order: Order
    ) -> HttpResponseRedirect | None:
        try:
            plan, made = revert(order)
        except RevertRefused as refused:
            for problem in refused.problems:
                messages.warning(request, problem)
            return None
        count = plan.ready_count
        text = ngettext("%s object reverted.", "%s objects reverted.", count) % count
        messages.success(request, text, extra_tags=undo_tag(request, made))
        if left := plan.left_count:
            messages.warning(
                request,
                ngettext(
                    "%s object was left as it is.",
                    "%s objects were left as they are.",
                    left,
                )
                % left,
            )
        shown = made or order.reverts
        if shown is None:
            return redirect("admin:portal_changeset_changelist")
        return redirect("admin:portal_changeset_change", shown.pk)
