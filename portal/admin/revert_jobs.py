"""The pages of large reverts: how far they are, and what came of them."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter
from unfold.decorators import display

from portal.access import is_limited
from portal.admin.history import VIEW_HISTORY
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.jobs import PATIENCE, start
from portal.models import RevertJob


@admin.register(RevertJob)
class RevertJobAdmin(ReadOnlyModelAdmin):
    """Seen by their owners, and by whoever may read all history."""

    list_display = (
        "subject",
        "owner_name",
        "display_status",
        "created_at",
        "total",
        "done",
        "reason",
    )
    list_filter = (("status", ChoicesDropdownFilter),)

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<path:object_id>/again/",
                self.admin_site.admin_view(self.again_view),
                name="portal_revertjob_again",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        jobs = super().get_queryset(request)
        # Their figures are about what their owners see.
        return jobs.filter(owner=request.user.pk) if is_limited(request.user) else jobs

    def has_module_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(VIEW_HISTORY)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if request.user.has_perm(VIEW_HISTORY):
            return True
        return isinstance(obj, RevertJob) and obj.owner_id == request.user.pk

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        job = self.get_object(request, unquote(object_id))
        if job is None or not self.has_view_permission(request, job):
            return super().change_view(request, object_id, form_url, extra_context)
        return TemplateResponse(
            request,
            "portal/history/revert_job.html",
            {
                **self.admin_site.each_context(request),
                "title": _t("Revert: %s") % job.subject,
                "opts": self.opts,
                "job": job,
                "may_see_changes": request.user.has_perms(
                    [VIEW_HISTORY, "portal.view_changeset"]
                ),
                "may_start_again": self._may_start_again(request, job),
            },
        )

    def _may_start_again(self, request: HttpRequest, job: RevertJob) -> bool:
        since = timezone.now() - (job.started_at or job.created_at)
        is_own = job.owner_id == request.user.pk
        return is_own and not job.is_finished and since > PATIENCE

    @method_decorator([csrf_protect, require_POST])
    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job: Any = self.get_object(request, unquote(object_id))
        if job is None:
            raise Http404
        if not self._may_start_again(request, job):
            raise PermissionDenied
        start(job)
        messages.success(request, _t("It was started again."))
        return redirect("admin:portal_revertjob_change", job.pk)

    @display(description=_("Status"), ordering="status")
    def display_status(self, job: RevertJob) -> str:
        return render_to_string("portal/includes/revert_status.html", {"job": job})
