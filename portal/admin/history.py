"""The history pages of an object: its story, and the way back to a version."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.contrib import messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import formats, timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_protect
from unfold.admin import ModelAdmin

from portal.admin.reasons import REASON_NEEDED, typed_reason
from portal.admin.undo import undo_tag
from portal.history.revert import plan_revert, undone_by
from portal.history.snapshot import history_model_of, is_tracked
from portal.history.steps import Plan, RevertRefused, Step
from portal.history.story import change_sets_of, entries_of
from portal.history.writing import CHANGED_MEANWHILE, carry_out
from portal.models import ChangeSet

VIEW_HISTORY = "portal.view_history"
REVERT_HISTORY = "portal.revert_history"
PER_PAGE = 25


class HistoryModelAdmin(ModelAdmin):
    """Reading history needs its own right, and going back needs another.

    Both ask about the live object. Nothing but a POST to the revert page writes, and
    it takes every value from the stored version.
    """

    # Tracked models without pages of their own, for whose objects this one speaks.
    answers_for: ClassVar[tuple[type[Model], ...]] = ()

    def get_urls(self) -> list[URLPattern]:
        info = self.opts.app_label, self.opts.model_name
        view = self.admin_site.admin_view(self.revert_view)
        return [
            path(
                "<path:object_id>/history/<str:model_name>/<int:history_id>/revert/",
                view,
                name="{}_{}_revert".format(*info),
            ),
            *super().get_urls(),
        ]

    def history_sources(self, request: HttpRequest, obj: Model) -> list[QuerySet]:
        """The history rows of this object's story, as far as one may view them."""
        rows = history_model_of(type(obj))._base_manager
        return [rows.filter(**{obj._meta.pk.attname: obj.pk})]

    def has_history_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return request.user.has_perm(VIEW_HISTORY) and self.has_view_permission(
            request, obj
        )

    def has_revert_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return (
            request.user.has_perm(REVERT_HISTORY)
            and self.has_history_permission(request, obj)
            and self.has_change_permission(request, obj)
        )

    def check_revert(self, request: HttpRequest, steps: Sequence[Step]) -> None:
        """Add to each step's problems what forbids it to this actor.

        Subclasses add their rules, which ask about the live rows. There may be
        thousands of steps: the number of queries must not depend on theirs.
        """
        may = {
            "create": self.has_add_permission(request),
            "update": self.has_change_permission(request),
            "delete": self.has_delete_permission(request),
        }
        for step in steps:
            if not may[step.kind]:
                step.problems.append(refusal(step))

    def render_change_form(
        self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any
    ) -> HttpResponse:
        context["show_history"] = is_tracked(self.model) and (
            self.has_history_permission(request, kwargs.get("obj"))
        )
        return super().render_change_form(request, context, *args, **kwargs)

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        obj = self._live_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_history_permission(request, obj):
            raise PermissionDenied
        sources = self.history_sources(request, obj)
        pages = Paginator(change_sets_of(sources), PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        return TemplateResponse(
            request,
            "portal/history/object.html",
            {
                **self.admin_site.each_context(request),
                "title": _("History of %s") % obj,
                "opts": self.opts,
                "object": obj,
                "object_id": obj.pk,
                "page": page,
                "page_range": pages.get_elided_page_range(page.number),
                "entries": entries_of(page.object_list, sources),
                "may_revert": self.has_revert_permission(request, obj),
                "revert_url_name": self._url_name("revert"),
                **(extra_context or {}),
            },
        )

    @method_decorator(csrf_protect)
    def revert_view(
        self, request: HttpRequest, object_id: str, model_name: str, history_id: int
    ) -> HttpResponse:
        obj = self._live_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_revert_permission(request, obj):
            raise PermissionDenied
        plan = self._plan(request, obj, model_name, history_id)
        self.check_revert(request, plan.steps)
        plan.settle()
        if request.method == "POST":
            response = self._revert(request, obj, plan)
            if response is not None:
                return response
        return self._show_plan(request, obj, plan.steps[0])

    def _live_object(self, request: HttpRequest, object_id: str) -> Any:
        # Through get_queryset: what a person may not list, it may not look back at.
        return self.get_object(request, unquote(object_id))

    def _url_name(self, name: str) -> str:
        opts = self.opts
        return f"admin:{opts.app_label}_{opts.model_name}_{name}"

    def _plan(
        self, request: HttpRequest, obj: Model, model_name: str, history_id: int
    ) -> Plan:
        for rows in self.history_sources(request, obj):
            if rows.model.instance_type._meta.model_name == model_name:
                row = rows.filter(history_id=history_id).exclude(history_type="-")
                plan = plan_revert(row.get()) if row.exists() else None
                if plan is not None:
                    return plan
        raise Http404

    def _revert(
        self, request: HttpRequest, obj: Model, plan: Plan
    ) -> HttpResponseRedirect | None:
        [step] = plan.steps
        reason = typed_reason(request)
        if request.POST.get("seen") != str(step.seen):
            messages.warning(request, CHANGED_MEANWHILE)
            return None
        if not step.changes:
            return None
        if not reason:
            messages.error(request, REASON_NEEDED)
            return None
        try:
            made = carry_out(
                plan,
                kind=ChangeSet.Kind.REVERT,
                actor=request.user,
                reason=reason,
                subject=f"{step.model_label} {step.name}",
                reverts=undone_by(step.version),
            )
        except RevertRefused as refused:
            for problem in refused.problems:
                messages.error(request, problem)
            return None
        messages.success(
            request,
            _("%(object)s is as it was on %(date)s.")
            % {"object": obj, "date": _on(step.version.history_date)},
            extra_tags=undo_tag(request, made),
        )
        return redirect(self._url_name("history"), obj.pk)

    def _show_plan(self, request: HttpRequest, obj: Model, step: Step) -> HttpResponse:
        return TemplateResponse(
            request,
            "portal/history/revert.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Revert %s") % obj,
                "opts": self.opts,
                "object": obj,
                "step": step,
                "reason": typed_reason(request),
                "history_url": reverse(self._url_name("history"), args=[obj.pk]),
            },
        )


def refusal(step: Step) -> str:
    """What to say to an actor who lacks the permission for this step."""
    texts = {
        "create": _("You may not add: %s."),
        "update": _("You may not change: %s."),
        "delete": _("You may not delete: %s."),
    }
    return texts[step.kind] % step.model._meta.verbose_name


def _on(moment: Any) -> str:
    return formats.date_format(timezone.localtime(moment), "DATETIME_FORMAT")
