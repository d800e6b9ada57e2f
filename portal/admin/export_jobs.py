"""The list of exports, and the page of each: how far it is, then its download."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.humanize.templatetags.humanize import intcomma
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
)
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.decorators import method_decorator
from django.utils.html import format_html
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.views.decorators.csrf import csrf_protect
from django.views.decorators.http import require_GET, require_POST
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from portal.access import visible_people
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.exports import storage
from portal.exports.jobs import cancel, may_start_again, start
from portal.exports.kinds import kind_of, may_export_anything
from portal.models import ExportJob
from portal.progress import progress_of
from portal.security.events import Kind, record_event
from portal.sheets import SheetFormat

VIEW_EXPORTS = "portal.view_exportjob"


def file_response(job: ExportJob) -> FileResponse | None:
    """The exported file; None when it is not there, or not any more. Whoever calls
    this has made sure that it is handed to the owner, who may still export."""
    file = storage.open_file(job) if job.is_kept else None
    if file is None:
        return None
    record_event(
        Kind.DOWNLOADED,
        target=job.target,
        file=job.file_name,
        count=job.done,
        job=job.pk,
    )
    format = SheetFormat(job.file_name.rpartition(".")[2])
    charset = "; charset=utf-8" if format.delimiter else ""
    return FileResponse(
        file,
        as_attachment=True,
        filename=job.file_name,
        content_type=f"{format.content_type}{charset}",
    )


@admin.register(ExportJob)
class ExportJobAdmin(ReadOnlyModelAdmin):
    """Seen by their owners, and by whoever may see who exported what. Only the owner
    downloads, and only with the rights that the export itself needs."""

    list_display = (
        "file_name",
        "owner_name",
        "display_which",
        "display_state",
        "created_at",
        "display_total",
        "display_next",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("created_at", RangeDateTimeFilter),
    )
    search_fields = ("file_name", "owner_name", "filters")
    search_help_text = _("Search by file, person or filter")

    def get_urls(self) -> list[URLPattern]:
        views = {
            "progress": self.progress_view,
            "download": self.download_view,
            "cancel": self.cancel_view,
            "again": self.again_view,
        }
        return [
            *(
                path(
                    f"<path:object_id>/{name}/",
                    self.admin_site.admin_view(view),
                    name=f"portal_exportjob_{name}",
                )
                for name, view in views.items()
            ),
            *super().get_urls(),
        ]

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Jobs of others are no jobs to an owner: see `get_queryset`."""
        user = request.user
        return user.has_perm(VIEW_EXPORTS) or may_export_anything(user)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each with whether it is this person's own, for columns know no request."""
        user = request.user
        jobs = super().get_queryset(request).annotate(is_own=Q(owner=user.pk))
        # The name of a file, its filters and its rows tell of people.
        sees_all = user.has_perm(VIEW_EXPORTS) and visible_people(user) is None
        return jobs if sees_all else jobs.filter(owner=user.pk)

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        job = self._job(request, object_id)
        is_own = job.owner_id == request.user.pk
        return TemplateResponse(
            request,
            "portal/exports/job.html",
            {
                **self.admin_site.each_context(request),
                "title": _t("Export: %s") % job.file_name,
                "opts": self.opts,
                "job": job,
                "progress_url": _address(job, "progress"),
                "may_download": job.is_kept and self._may_take(request, job),
                "may_cancel": is_own and not job.is_finished,
                "may_start_again": is_own and may_start_again(job),
            },
        )

    def history_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # The stock one leads away from what is not there before it asks for rights.
        self._job(request, object_id)
        return super().history_view(request, object_id, extra_context)

    @method_decorator(require_GET)
    def progress_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return JsonResponse(progress_of(self._job(request, object_id)))

    @method_decorator(require_GET)
    def download_view(self, request: HttpRequest, object_id: str) -> HttpResponseBase:
        job = self._job(request, object_id)
        if not self._may_take(request, job):
            raise PermissionDenied
        if response := file_response(job):
            return response
        messages.warning(request, _t("There is no file any more. Export it again."))
        return redirect(_address(job, "change"))

    @method_decorator([csrf_protect, require_POST])
    def cancel_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id)
        if cancel(job):
            messages.success(request, _t("The export was cancelled."))
        else:
            messages.info(request, _t("It was finished before."))
        return redirect(_address(job, "change"))

    @method_decorator([csrf_protect, require_POST])
    def again_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        job = self._own_job(request, object_id)
        if not may_start_again(job):
            raise PermissionDenied
        start(job)
        messages.success(request, _t("It was started again."))
        return redirect(_address(job, "change"))

    def _job(self, request: HttpRequest, object_id: str) -> ExportJob:
        if not self.has_view_permission(request):
            raise PermissionDenied
        job: Any = self.get_object(request, unquote(object_id))
        if job is None:
            raise Http404
        return job

    def _own_job(self, request: HttpRequest, object_id: str) -> ExportJob:
        job = self._job(request, object_id)
        if job.owner_id != request.user.pk:
            raise PermissionDenied
        return job

    def _may_take(self, request: HttpRequest, job: ExportJob) -> bool:
        kind, user = kind_of(job), request.user
        is_own = job.owner_id == user.pk
        return is_own and kind.may_export(user) and kind.may_take(user, job)

    @display(description=_("Which"))
    def display_which(self, job: ExportJob) -> str:
        return job.filters or _t("The whole list")

    @display(description=_("Rows"), ordering="total")
    def display_total(self, job: ExportJob) -> str:
        return intcomma(job.total)

    @display(description=_("State"), ordering="state")
    def display_state(self, job: ExportJob) -> str:
        return render_to_string("portal/includes/export_state.html", {"job": job})

    @display(description=_("Next"))
    def display_next(self, job: ExportJob) -> str:
        """The download, for whose it is."""
        if not (job.is_own and job.is_kept):  # type: ignore[attr-defined]
            return ""
        return format_html(
            '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>',
            _address(job, "download"),
            _t("Download"),
        )


def _address(job: ExportJob, name: str) -> str:
    return reverse(f"admin:portal_exportjob_{name}", args=[job.pk])
