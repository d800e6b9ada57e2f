"""The second and third step of an import: look at what it would do, then decide."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from import_export.admin import ImportMixin

from accounts.imports.people import PEOPLE
from accounts.imports.repair import give_readers, waiting_for_reader
from portal.admin.base import PortalModelAdmin, typed_reason
from portal.admin.undo import undo_tag
from portal.imports import jobs
from portal.imports.review import Outcome, Review, RowReview
from portal.imports.storage import read_review
from portal.models import ImportJob

ROWS_PER_PAGE = 100


def importers_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For what writes: a GET by somebody with the right is not allowed either."""

    @wraps(view)
    def guarded(
        self: "ReviewPages", request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        self.refuse_without_right(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(self, request, *args, **kwargs)

    return guarded


class ReviewPages(ImportMixin, PortalModelAdmin):
    """A confirmation brings nothing but the job's id, and the job is its owner's alone.

    import-export's own trusts what the browser sends back.
    """

    def get_urls(self) -> list[URLPattern]:
        return [
            self.import_path("<uuid:job_id>/", self.review_view, "review"),
            self.import_path("<uuid:job_id>/discard/", self.discard_view, "discard"),
            self.import_path("<uuid:job_id>/repair/", self.repair_view, "repair"),
            *super().get_urls(),
        ]

    def import_path(self, address: str, view: Any, name: str) -> URLPattern:
        # Named like the stock pages, which end so: the sidebar knows them by it.
        return path(
            f"import/{address}",
            self.admin_site.admin_view(view),
            name=f"accounts_user_{name}_import",
        )

    def review_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        job = self._own_job(request, job_id)
        review = read_review(job) if job.is_waiting else None
        if review is not None:
            return self._show_review(request, job, review)
        if job.is_waiting:
            messages.error(request, _("The uploaded file is gone. Upload it again."))
        return self._show_end(request, job)

    def _show_review(
        self, request: HttpRequest, job: ImportJob, review: Review
    ) -> HttpResponse:
        shown, rows = _chosen_rows(review, request.GET.get("show", ""))
        pages = Paginator(rows, ROWS_PER_PAGE)
        page = pages.get_page(request.GET.get("p"))
        return self.render_import(
            request,
            "review",
            _("Review the import"),
            job=job,
            review=review,
            to_write=job.created_count + job.updated_count,
            figures=[
                (outcome, outcome.label, review.counts[outcome]) for outcome in Outcome
            ],
            shown_label=shown.label if shown else "",
            page=page,
            page_range=pages.get_elided_page_range(page.number),
        )

    def _show_end(self, request: HttpRequest, job: ImportJob) -> HttpResponse:
        return self.render_import(
            request,
            "result",
            _("Import people"),
            job=job,
            unrepaired=waiting_for_reader(job, request.user).count(),
            may_repair=request.user.has_perm("readers.add_reader"),
            may_see_changes=request.user.has_perms(
                ["portal.view_changeset", "portal.view_history"]
            ),
        )

    @importers_post
    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Commit the job that the form names, if it still is what was looked at."""
        job = self._own_job(request, request.POST.get("job"))
        try:
            if request.POST.get("seen", job.digest) != job.digest:
                raise jobs.Outdated
            jobs.commit_job(
                PEOPLE, job, actor=request.user, reason=typed_reason(request)
            )
        except jobs.NotWaiting:
            job.refresh_from_db()
            status = job.get_status_display()
            messages.warning(request, _("Nothing more to do: %s.") % status)
        except jobs.RowsInError:
            messages.error(request, _("Nothing was written: there are rows in error."))
        except jobs.Outdated:
            messages.warning(
                request,
                _(
                    "Nothing was written: people have changed since you looked, and "
                    "this file would do something else now. Please look again."
                ),
            )
        except jobs.ImportFailed as failed:
            messages.error(request, str(failed))
        else:
            undo = undo_tag(request, job.change_set)
            messages.success(request, _done(job), extra_tags=undo)
        return _to_review(job)

    @importers_post
    def discard_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        job = self._own_job(request, job_id)
        if not jobs.discard_job(job, actor=request.user):
            return _to_review(job)
        messages.info(request, _("%s is discarded.") % job.file_name)
        return redirect("admin:accounts_user_import")

    @importers_post
    def repair_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Give a Reader to the people whom this import left without one."""
        job = self._own_job(request, job_id)
        if not request.user.has_perm("readers.add_reader"):
            raise PermissionDenied
        count = give_readers(job, actor=request.user)
        text = ngettext("%s person got a Reader.", "%s people got a Reader.", count)
        messages.success(request, text % count)
        return _to_review(job)

    def refuse_without_right(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def _own_job(self, request: HttpRequest, job_id: Any) -> ImportJob:
        self.refuse_without_right(request)
        try:
            job = ImportJob.objects.get(pk=job_id, target=PEOPLE.target)
        except (ImportJob.DoesNotExist, ValidationError) as error:
            raise Http404 from error
        if job.owner_id != request.user.pk:
            raise PermissionDenied
        return job

    def render_import(
        self, request: HttpRequest, name: str, title: str, **context: Any
    ) -> HttpResponse:
        return TemplateResponse(
            request,
            f"accounts/imports/{name}.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": title,
                **context,
            },
        )


def _chosen_rows(review: Review, shown: str) -> tuple[Outcome | None, list[RowReview]]:
    """The rows to show: those in error first of all, when nothing is asked for."""
    if not shown and review.has_errors:
        shown = Outcome.ERROR
    if shown not in Outcome.values:
        return None, review.rows
    return Outcome(shown), review.with_outcome(shown)


def _to_review(job: ImportJob) -> HttpResponse:
    return redirect("admin:accounts_user_review_import", job.pk)


def _done(job: ImportJob) -> str:
    return _("Imported: %(new)s new, %(changed)s changed, %(same)s unchanged.") % {
        "new": job.created_count,
        "changed": job.updated_count,
        "same": job.unchanged_count,
    }
