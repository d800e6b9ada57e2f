"""The pages that bring back one field, one object, or an object with its parts."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.csrf import csrf_protect

from portal.admin.history import NO_SUCH_POINT, HistoryModelAdmin
from portal.admin.plans import judge, lists_of
from portal.admin.reasons import REASON_NEEDED, typed_reason
from portal.admin.timeline.ways import Way, field_way, version_way, whole_way
from portal.admin.undo import undo_tag
from portal.history.field_story import field_named
from portal.history.points import point_named
from portal.history.steps import RevertRefused
from portal.history.writing import CHANGED_MEANWHILE, carry_out
from portal.models import ChangeSet

NOT_THERE_THEN = gettext_lazy("It was not there at that point.")


class BackMixin(HistoryModelAdmin):
    """Nothing but a POST writes, and every value comes from a stored version."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        info = f"{self.opts.app_label}_{self.opts.model_name}"
        version = "<path:object_id>/history/<str:model_name>/<int:history_id>/revert/"
        field, whole = "<str:field_name>/", "<path:object_id>/history/<str:point>/back/"
        return [
            path(version, wrap(self.revert_view), name=f"{info}_revert"),
            path(version + field, wrap(self.revert_view), name=f"{info}_revert_field"),
            path(whole, wrap(self.back_view), name=f"{info}_back"),
            *super().get_urls(),
        ]

    @method_decorator(csrf_protect)
    def revert_view(
        self,
        request: HttpRequest,
        object_id: str,
        model_name: str,
        history_id: int,
        field_name: str = "",
    ) -> HttpResponse:
        """One object back to a version, or one field of it."""
        obj = self._object_to_revert(request, object_id)
        row = self._version(request, obj, model_name, history_id)
        if not field_name:
            way = version_way(obj, row)
        else:
            field = field_named(f"{model_name}.{field_name}", [row.instance_type])
            way = field_way(obj, row, field) if field else None
        if way is None:
            raise Http404
        return self._go(request, obj, way)

    @method_decorator(csrf_protect)
    def back_view(
        self, request: HttpRequest, object_id: str, point: str
    ) -> HttpResponse:
        """The object and its parts back to how they were after a change set."""
        obj = self._object_to_revert(request, object_id)
        made = point_named(point, self.history_sources(request, obj))
        if made is None:
            return self.to_history(request, obj, NO_SUCH_POINT)
        way = whole_way(obj, made)
        if way is None:
            return self.to_history(request, obj, NOT_THERE_THEN)
        return self._go(request, obj, way)

    def _object_to_revert(self, request: HttpRequest, object_id: str) -> Any:
        obj = self.live_object(request, object_id)
        if obj is None:
            raise Http404
        if not self.has_revert_permission(request, obj):
            raise PermissionDenied
        return obj

    def _version(
        self, request: HttpRequest, obj: Model, model_name: str, history_id: int
    ) -> Any:
        for rows in self.history_sources(request, obj):
            if rows.model.instance_type._meta.model_name == model_name:
                found = rows.filter(history_id=history_id).exclude(history_type="-")
                if row := found.select_related("change_set").first():
                    return row
        raise Http404

    def _go(self, request: HttpRequest, obj: Any, way: Way) -> HttpResponse:
        judge(self.admin_site, request, way.plan)
        if request.method == "POST":
            response = self._carry_out(request, obj, way)
            if response is not None:
                return response
        back = (
            _("Back to the field's history") if way.field else _("Back to the history")
        )
        return TemplateResponse(
            request,
            "portal/history/plan.html",
            {
                **self.history_context(request, obj, way.title),
                "intro": _("Back to how this change left it:"),
                "change_set": way.point,
                "plan": way.plan,
                "lists": lists_of(_("Will be reverted"), way.plan),
                "reason": typed_reason(request),
                "verb": _("Revert"),
                "verb_icon": "undo",
                "back_url": self._url_after(obj, way),
                "back": back,
            },
        )

    def _carry_out(
        self, request: HttpRequest, obj: Any, way: Way
    ) -> HttpResponseRedirect | None:
        reason = typed_reason(request)
        if request.POST.get("digest") != way.plan.digest:
            messages.warning(request, CHANGED_MEANWHILE)
            return None
        if not reason:
            messages.error(request, REASON_NEEDED)
            return None
        try:
            made = carry_out(
                way.plan,
                kind=ChangeSet.Kind.REVERT,
                actor=request.user,
                reason=reason,
                subject=way.subject,
                reverts=way.reverts,
            )
        except RevertRefused as refused:
            for problem in refused.problems:
                messages.error(request, problem)
            return None
        blocked = way.plan.blocked
        done = _("What can be reverted was reverted.") if blocked else way.done
        messages.success(request, done, extra_tags=undo_tag(request, made))
        if blocked:
            what = ", ".join(step.model_label for step in blocked)
            messages.warning(request, _("Left as it is: %s.") % what)
        return redirect(self._url_after(obj, way))

    def _url_after(self, obj: Any, way: Way) -> str:
        query = {"field": way.field.key} if way.field else {}
        return self.history_url("history", obj.pk, **query)
