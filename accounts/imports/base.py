"""What all pages of an import share: whose job it is, and where its next step is."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from import_export.admin import ImportMixin

from accounts.imports.people import PEOPLE
from portal.admin.base import PortalModelAdmin
from portal.models import ImportJob

State = ImportJob.State
# The page on which a job in this state is gone on with.
PAGES = {
    State.UPLOADED: "columns",
    State.READING: "progress",
    State.READY: "review",
    State.COMMITTING: "progress",
}


def importers_post(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For what writes: a GET by somebody with the right is not allowed either."""

    @wraps(view)
    def guarded(
        self: "JobPages", request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        self.refuse_without_right(request)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        return view(self, request, *args, **kwargs)

    return guarded


class JobPages(ImportMixin, PortalModelAdmin):
    """A page brings nothing but the job's id, and the job is its owner's alone.

    import-export's own confirmation, which trusts what the browser sends back, has no
    address.
    """

    def get_urls(self) -> list[URLPattern]:
        stock = "accounts_user_process_import"
        return [
            self.import_path("<uuid:job_id>/", self.job_view, "job"),
            *(each for each in super().get_urls() if each.name != stock),
        ]

    def import_path(self, address: str, view: Any, name: str) -> URLPattern:
        # Named like the stock pages, which end so: the sidebar knows them by it.
        return path(
            f"import/{address}",
            self.admin_site.admin_view(view),
            name=f"accounts_user_{name}_import",
        )

    def job_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """An address that stays: it leads to the step at which the job is."""
        return redirect(step_url(self.own_job(request, job_id)))

    def refuse_without_right(self, request: HttpRequest) -> None:
        if not self.has_import_permission(request):
            raise PermissionDenied

    def own_job(self, request: HttpRequest, job_id: Any) -> ImportJob:
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


def step_url(job: ImportJob) -> str:
    """The page of the job's present step."""
    name = PAGES.get(State(job.state), "result")
    return reverse(f"admin:accounts_user_{name}_import", args=[job.pk])
