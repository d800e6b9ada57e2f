"""The first step of an import: choose a file, or learn what it should look like."""

import logging
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern
from django.utils.translation import gettext as _

from accounts.imports.base import step_url
from accounts.imports.choosing.pages import ColumnsPages
from accounts.imports.choosing.sample import read_sample
from accounts.imports.columns import COLUMN_HELP, COLUMNS
from accounts.imports.fixture import FIXTURE
from accounts.imports.fixture.reading import is_fixture
from accounts.imports.forms import UploadForm
from accounts.imports.people import PEOPLE, limits
from portal.imports.jobs import open_job, order_check, refuse_job
from portal.imports.storage import stored_file
from portal.models import ImportJob
from portal.sheets import SheetError, SheetFormat, write_sheet
from portal.sheets.limits import describe_bytes

logger = logging.getLogger(__name__)

# Enough of a file to know a fixture by.
START = 4096
# JSON has no header row: its template would be empty.
TEMPLATE_FORMATS = [SheetFormat.XLSX, SheetFormat.CSV, SheetFormat.TSV, SheetFormat.ODS]


class ImportPages(ColumnsPages):
    """Stands in for import-export's own pages, at their addresses."""

    def get_urls(self) -> list[URLPattern]:
        return [
            self.import_path("template/<str:ending>/", self.template_view, "template"),
            *super().get_urls(),
        ]

    def import_action(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self.refuse_without_right(request)
        sent = (request.POST, request.FILES) if request.method == "POST" else ()
        form = UploadForm(*sent)
        problems = []
        if form.is_valid():
            try:
                return self._take(request, form.cleaned_data["import_file"])
            except SheetError as error:
                problems = error.problems
        most = limits()
        return self.render_import(
            request,
            "upload",
            _("Import people"),
            form=form,
            problems=problems,
            file_name=getattr(form.files.get("import_file"), "name", ""),
            columns=COLUMN_HELP,
            template_formats=TEMPLATE_FORMATS,
            most_bytes=describe_bytes(most.bytes),
            most_rows=f"{most.rows:,}",
            most_columns=most.columns,
        )

    def _take(self, request: HttpRequest, upload: Any) -> HttpResponse:
        """Keep the file and begin; raises SheetError when it cannot be used."""
        try:
            job = open_job(
                PEOPLE.target,
                owner=request.user,
                file_name=upload.name,
                file=upload.chunks(),
            )
        except OSError as error:
            logger.exception("An uploaded file could not be kept.")
            reason = error.strerror or str(error)
            raise SheetError.about(
                _("The portal could not keep it: %s. Tell whoever runs it.") % reason
            ) from error
        try:
            return self._begin_import(job)
        except SheetError as error:
            refuse_job(job, str(error))
            raise

    def _begin_import(self, job: ImportJob) -> HttpResponse:
        """Raises SheetError for a file that cannot be used at all."""
        with stored_file(job).open("rb") as file:
            start = file.read(START)
        if is_fixture(start):
            job.update(format=FIXTURE)
            order_check(job)
        else:
            job.update(format=read_sample(job).sheet.format.value)
        return redirect(step_url(job))

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
