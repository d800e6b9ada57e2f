"""The first step of an import: choose a file, or learn what it should look like."""

from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.imports.columns import COLUMN_HELP, COLUMNS
from accounts.imports.forms import UploadForm
from accounts.imports.people import PEOPLE
from accounts.imports.reviews import ReviewPages
from portal.imports.jobs import expire_jobs, open_job
from portal.sheets import SheetError, SheetFormat, write_sheet

# JSON has no header row: its template would be empty.
TEMPLATE_FORMATS = [SheetFormat.XLSX, SheetFormat.CSV, SheetFormat.TSV, SheetFormat.ODS]


class ImportPages(ReviewPages):
    """Stands in for import-export's own pages, at their addresses."""

    def get_urls(self) -> list[URLPattern]:
        address = "template/<str:ending>/"
        return [
            self.import_path(address, self.template_view, "template"),
            *super().get_urls(),
        ]

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_without_right(request)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent)
        problems = []
        if form.is_valid():
            try:
                return self._take_file(request, form.cleaned_data["import_file"])
            except SheetError as error:
                problems = error.problems
        return self.render_import(
            request,
            "upload",
            _("Import people"),
            form=form,
            problems=problems,
            file_name=getattr(form.files.get("import_file"), "name", ""),
            columns=COLUMN_HELP,
            template_formats=TEMPLATE_FORMATS,
            max_rows=f"{settings.IMPORT_MAX_ROWS:,}",
        )

    def _take_file(self, request: HttpRequest, upload: Any) -> HttpResponse:
        expire_jobs()
        job = open_job(
            PEOPLE, owner=request.user, file_name=upload.name, data=upload.read()
        )
        return redirect("admin:accounts_user_review_import", job.pk)

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
