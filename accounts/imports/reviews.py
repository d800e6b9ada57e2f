"""The review of an import: look at what it would do, mend it, then decide."""

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from accounts.imports.base import importers_post, step_url
from accounts.imports.columns import COLUMNS
from accounts.imports.looking import LEFT_OUT, Look, shown
from accounts.imports.mapping.matching import names_rights
from accounts.imports.mending import fix, leave_out, tick
from accounts.imports.options import ImportOptions
from accounts.imports.progress import ProgressPages
from accounts.imports.sight import still_sees
from portal.addresses import portal_address
from portal.admin.reasons import typed_reason
from portal.imports import jobs
from portal.models import ImportJob, ImportRow, Outcome

ROWS_PER_PAGE = 50
# None of these would go in anyway.
UNTICKABLE = {Outcome.ERROR, Outcome.SKIP, Outcome.UNCHANGED}
LONGEST_CELL = 5000
SEES_LESS = gettext_lazy(
    "Your rights have changed since the check, so its rows are not shown. Check the "
    "file again."
)


class ReviewPages(ProgressPages):
    def get_urls(self) -> list[URLPattern]:
        job = "<uuid:job_id>"
        return [
            self.import_path(f"{job}/review/", self.review_view, "review"),
            self.import_path(f"{job}/ticks/", self.ticks_view, "ticks"),
            self.import_path(f"{job}/rows/<int:number>/", self.row_view, "row"),
            self.import_path(f"{job}/check/", self.check_view, "check"),
            self.import_path(f"{job}/commit/", self.commit_view, "commit"),
            *super().get_urls(),
        ]

    def review_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        job = self.own_job(request, job_id)
        if job.state != ImportJob.State.READY:
            return redirect(step_url(job))
        look = Look.at(job, request.GET)
        rows = look.rows(job)
        if not still_sees_rows(request, job):
            rows = rows.none()
            messages.warning(request, SEES_LESS)
        pages = Paginator(rows, ROWS_PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        return self.render_import(
            request,
            "review",
            _("Review the import"),
            job=job,
            look=look,
            figures=_figures(job),
            columns=COLUMNS,
            page=page,
            rows=shown(job, list(page.object_list)),
            page_range=pages.get_elided_page_range(page.number),
            may_tick=look.show not in UNTICKABLE and bool(job.options),
            seen=_seen(job),
        )

    @importers_post
    def ticks_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Leave rows out, or take them in again: those ticked, or all of the filter."""
        job = self.own_job(request, job_id)
        look = Look.at(job, request.GET)
        try:
            if "leave_out" in request.POST or "take_in" in request.POST:
                out = "leave_out" in request.POST
                count = leave_out(job, look.rows(job), is_left_out=out)
            else:
                count = tick(job, _numbers(request, "shown"), _numbers(request, "row"))
        except jobs.WrongState:
            return self._elsewhere(request, job)
        text = ngettext("%s row was changed.", "%s rows were changed.", count)
        messages.success(request, text % f"{count:,}")
        return _back(request, job)

    def row_view(self, request: HttpRequest, job_id: Any, number: int) -> HttpResponse:
        """One row with its cells, to be put right and checked again."""
        job = self.own_job(request, job_id)
        row = job.rows.filter(number=number).first()
        if row is None or not job.options:
            raise Http404
        if job.state != ImportJob.State.READY or not still_sees_rows(request, job):
            return redirect(step_url(job))
        if request.method == "POST":
            try:
                fix(job, row, _typed_cells(request, row), request.user)
            except jobs.WrongState:
                return self._elsewhere(request, job)
            row = job.rows.get(number=number)
            outcome = row.get_outcome_display()
            text = _("Row %(row)s was checked again: %(outcome)s.")
            messages.info(request, text % {"row": number, "outcome": outcome})
            if row.outcome != Outcome.ERROR:
                return _back(request, job)
        return self.render_import(
            request,
            "row",
            _("Row %s") % f"{number:,}",
            job=job,
            row=shown(job, [row])[0],
            cells=_cells(job, row),
            back=_back_url(request, job),
        )

    @importers_post
    def check_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Check the whole file again, as people are now; what was mended is lost."""
        job = self.own_job(request, job_id)
        try:
            jobs.order_check(job)
        except jobs.WrongState:
            return self._elsewhere(request, job)
        return redirect(step_url(job))

    @importers_post
    def commit_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Have it written, if it still is what was looked at."""
        job = self.own_job(request, job_id)
        good_rows_only = request.POST.get("rows") == "good"
        if request.POST.get("seen", _seen(job)) != _seen(job):
            messages.warning(
                request, _("The rows have changed since you looked. Look again.")
            )
            return redirect(step_url(job))
        if job.error_count and not good_rows_only:
            messages.error(
                request,
                _(
                    "Nothing was imported: there are rows in error. Mend them, or "
                    "choose the good rows only."
                ),
            )
            return redirect(step_url(job))
        job.update(details={**job.details, "address": portal_address(request)})
        try:
            jobs.order_commit(
                job,
                good_rows_only=good_rows_only,
                reason=typed_reason(request),
                origin=request.path,
            )
        except jobs.WrongState:
            return self._elsewhere(request, job)
        return redirect(step_url(job))

    def _elsewhere(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        state = job.get_state_display()
        messages.warning(request, _("Nothing more to do here: %s.") % state)
        return redirect(step_url(job))


def still_sees_rows(request: HttpRequest, job: ImportJob) -> bool:
    return still_sees(request.user, job.details.get("sight", {}))


def _figures(job: ImportJob) -> list[tuple[str, Any, int]]:
    """(filter, label, number of rows) for the head of the review."""
    left_out = job.rows.filter(is_left_out=True).count()
    counts = {
        Outcome.CREATE: job.created_count,
        Outcome.UPDATE: job.updated_count,
        Outcome.UNCHANGED: job.unchanged_count,
        Outcome.SKIP: job.skipped_count - left_out,
        Outcome.ERROR: job.error_count,
    }
    figures: list[tuple[str, Any, int]] = [
        (each.value, each.label, count) for each, count in counts.items()
    ]
    if left_out:
        figures.append((LEFT_OUT, _("Left out"), left_out))
    return figures


def _seen(job: ImportJob) -> str:
    """What a confirmation is about: another check or any row mended makes another."""
    return f"{job.started_at}, {job.details.get('mended', 0)}, {job.error_count}"


def _numbers(request: HttpRequest, name: str) -> set[int]:
    return {int(text) for text in request.POST.getlist(name) if text.isdecimal()}


def _typed_cells(request: HttpRequest, row: ImportRow) -> dict[int, str]:
    cells = {}
    for position in range(len(row.cells)):
        typed = request.POST.get(f"cell-{position}")
        if typed is not None:
            cells[position] = typed.replace("\0", "")[:LONGEST_CELL]
    return cells


def _cells(job: ImportJob, row: ImportRow) -> list[dict[str, Any]]:
    """What the form asks for: the cells that are looked at, each with its problems."""
    problems = row.problems
    return [
        {
            "position": position,
            "title": choice.title,
            "column": choice.column,
            "text": row.cells[position],
            "problems": problems.get(choice.column, []) if choice.column else [],
            "is_long": choice.column == "notes",
        }
        for position, choice in enumerate(ImportOptions.from_json(job.options).columns)
        if choice.column or names_rights(choice.title)
    ]


def _back_url(request: HttpRequest, job: ImportJob) -> str:
    """The review, with the filter and the page from which somebody came."""
    address = reverse("admin:accounts_user_review_import", args=[job.pk])
    query = request.GET.urlencode()
    return f"{address}?{query}" if query else address


def _back(request: HttpRequest, job: ImportJob) -> HttpResponse:
    return redirect(_back_url(request, job))
