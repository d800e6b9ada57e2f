"""Exporting the History page: what its filters leave, streamed."""

import tempfile
from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone

from portal.admin.read_only import ReadOnlyModelAdmin
from portal.history.exporting import (
    COLUMNS,
    EXPORT_HISTORY,
    Scope,
    json_lines,
    sheet_rows,
    told,
)
from portal.history.viewing import only_seen
from portal.security.events import Kind, record_event
from portal.sheets import SheetError, SheetFormat, save_sheet, stream_csv

JSON_LINES = "jsonl"
CSV, XLSX = SheetFormat.CSV.value, SheetFormat.XLSX.value
CONTENT_TYPES = {
    JSON_LINES: "application/jsonl; charset=utf-8",
    CSV: f"{SheetFormat.CSV.content_type}; charset=utf-8",
}


class ExportHistoryMixin(ReadOnlyModelAdmin):
    list_before_template = "portal/history/list_tools.html"

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "export/<str:format>/",
                self.admin_site.admin_view(self.export_view),
                name="portal_changeset_export",
            ),
            *super().get_urls(),
        ]

    def has_export_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm(EXPORT_HISTORY) and self.has_view_permission(
            request
        )

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {"may_export": self.has_export_permission(request)}
        return super().changelist_view(request, context | (extra_context or {}))

    def export_view(self, request: HttpRequest, format: str) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        if format not in (CSV, XLSX, JSON_LINES):
            raise Http404
        try:
            change_sets = self.get_changelist_instance(request).queryset
        except IncorrectLookupParameters:
            # As the list itself answers to an address that somebody typed.
            return redirect("admin:portal_changeset_changelist")
        scope = Scope.of(
            request.user, request.GET.get("object", ""), request.GET.get("field", "")
        )
        # The list has what may be viewed; the right to export may reach less far.
        within = only_seen(change_sets, request.user, [EXPORT_HISTORY])
        found = told(within.order_by("-pk"), scope)
        name = f"history-{timezone.localdate()}.{format}"
        record_event(
            Kind.EXPORTED, request=request, target=self.opts.label_lower, file=name
        )
        if format == XLSX:
            return self._workbook(request, sheet_rows(found, scope), name)
        return StreamingHttpResponse(
            json_lines(found, scope)
            if format == JSON_LINES
            else stream_csv(SheetFormat.CSV, _columns(), sheet_rows(found, scope)),
            content_type=CONTENT_TYPES[format],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    def _workbook(
        self, request: HttpRequest, rows: Iterable[list[str]], name: str
    ) -> HttpResponseBase:
        # The response closes it, and with that it is gone from the disk.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        try:
            save_sheet(file, SheetFormat.XLSX, _columns(), rows)
        except SheetError as error:
            # More than a sheet can hold; a narrower list, or another format, can.
            file.close()
            for problem in error.problems:
                messages.error(request, str(problem))
            url = reverse("admin:portal_changeset_changelist")
            return redirect(f"{url}?{request.GET.urlencode()}")
        file.seek(0)
        return FileResponse(
            file,
            as_attachment=True,
            filename=name,
            content_type=SheetFormat.XLSX.content_type,
        )


def _columns() -> list[str]:
    return [str(column) for column in COLUMNS]
