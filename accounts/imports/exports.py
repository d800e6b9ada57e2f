"""The export page: the people of the list, with its filters, in any format."""

import tempfile
from collections.abc import Iterator
from io import TextIOWrapper

from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from import_export.admin import ExportMixin

from accounts.imports.columns import COLUMNS
from accounts.imports.fixture.export import write_fixture
from accounts.imports.forms import FIXTURE, ExportForm
from accounts.models import User
from accounts.resources import PersonResource
from portal.admin.base import PortalModelAdmin
from portal.sheets import SheetError, SheetFormat, stream_csv, write_sheet

CHUNK = 1000
# What the list keeps in its address beside filters: page, order, all, error.
NOT_FILTERS = {"p", "o", "all", "e"}


class ExportPages(ExportMixin, PortalModelAdmin):
    """Stands in for import-export's own page, at its address."""

    def has_export_permission(self, request: HttpRequest) -> bool:
        return super().has_export_permission(request) and self.has_view_permission(
            request
        )

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            people = self._listed_people(request)
        except IncorrectLookupParameters:
            # As the list itself answers to an address that somebody typed.
            return redirect("admin:accounts_user_changelist")
        form = ExportForm(request.POST if request.method == "POST" else None)
        problems = []
        if form.is_valid():
            try:
                return _file_of(people, **form.cleaned_data)
            except SheetError as error:
                problems = error.problems
        return TemplateResponse(
            request,
            "accounts/imports/export.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Export people"),
                "form": form,
                "count": people.count(),
                "is_filtered": bool(request.GET.keys() - NOT_FILTERS),
                "problems": problems,
            },
        )

    def _listed_people(self, request: HttpRequest) -> QuerySet:
        """Those whom the list shows to this person, in the order of their names."""
        listed = self.get_export_queryset(request).order_by().values("pk")
        return User.objects.filter(pk__in=listed).with_reader().order_by("username")


def _file_of(people: QuerySet, format: str, columns: list[str]) -> HttpResponseBase:
    if format == FIXTURE:
        return _fixture(people)
    columns = [column for column in COLUMNS if column in columns]
    sheet_format = SheetFormat(format)
    name = f"people-{timezone.localdate()}.{sheet_format.value}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    rows = export_rows(people, columns)
    if sheet_format.delimiter:
        return StreamingHttpResponse(
            stream_csv(sheet_format, columns, rows),
            content_type=f"{sheet_format.content_type}; charset=utf-8",
            headers=headers,
        )
    return HttpResponse(
        write_sheet(sheet_format, columns, rows),
        content_type=sheet_format.content_type,
        headers=headers,
    )


def export_rows(people: QuerySet, columns: list[str]) -> Iterator[list[str]]:
    """One row each, its cells in the order of `COLUMNS`, whatever that of `columns`."""
    resource = PersonResource()
    for person in people.iterator(CHUNK):
        yield resource.export_resource(person, selected_fields=columns)


def _fixture(people: QuerySet) -> FileResponse:
    # The response closes it, and with that it is gone from the disk.
    file = tempfile.TemporaryFile()  # noqa: SIM115
    text = TextIOWrapper(file, encoding="utf-8")
    write_fixture(people, text)
    text.detach()
    file.seek(0)
    return FileResponse(
        file,
        as_attachment=True,
        filename=f"people-{timezone.localdate()}.fixture.json",
        content_type="application/json",
    )
