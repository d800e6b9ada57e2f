"""The first steps of an import: choose a file, and say what its columns are."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.imports.base import step_url
from accounts.imports.columns import COLUMN_HELP, COLUMNS
from accounts.imports.forms import UploadForm
from accounts.imports.people import PEOPLE
from accounts.imports.results import ResultPages
from portal.imports.jobs import open_job
from portal.sheets import SheetFormat, write_sheet

# JSON has no header row: its template would be empty.
TEMPLATE_FORMATS = [SheetFormat.XLSX, SheetFormat.CSV, SheetFormat.TSV, SheetFormat.ODS]


class ImportPages(ResultPages):
    """Stands in for import-export's own pages, at their addresses."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.import_path("template/<str:ending>/", self.template_view, "template"),
            self.import_path("<uuid:job_id>/columns/", self.columns_view, "columns"),
            *super().get_urls(),
        ]

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_without_right(request)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent)
        if form.is_valid():
            upload = form.cleaned_data["import_file"]
            job = open_job(
                PEOPLE.target, owner=request.user, file_name=upload.name, file=upload
            )
            return redirect(step_url(job))
        return self.render_import(
            request,
            "upload",
            _("Import people"),
            form=form,
            columns=COLUMN_HELP,
            template_formats=TEMPLATE_FORMATS,
            max_rows=f"{settings.IMPORT_MAX_ROWS:,}",
        )

    def columns_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        raise NotImplementedError

    def template_view(self, request: HttpRequest, ending: str) -> HttpResponse:
        """An empty table: the header row, and nothing below it."""
        self.refuse_without_right(request)
        formats = {each.value: each for each in TEMPLATE_FORMATS}
        if ending not in formats:
            raise Http404
        return HttpResponse(
            write_sheet(formats[ending], COLUMNS, []),
            content_type=formats[ending].content_type,
            headers={"Content-Disposition": f'attachment; filename="people.{ending}"'},
        )
