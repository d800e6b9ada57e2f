"""While the worker has the job: how far it is, and a way to give it up."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _

from accounts.imports.base import JobPages, importers_post, step_url
from portal.imports import jobs
from portal.models import ImportJob
from portal.progress import progress_of


class ProgressPages(JobPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.import_path("<uuid:job_id>/progress/", self.progress_view, "progress"),
            self.import_path("<uuid:job_id>/state/", self.state_view, "state"),
            self.import_path("<uuid:job_id>/cancel/", self.cancel_view, "cancel"),
            *super().get_urls(),
        ]

    def progress_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        job = self.own_job(request, job_id)
        if not job.is_working:
            return redirect(step_url(job))
        is_check = job.state == ImportJob.State.READING
        return self.render_import(
            request,
            "progress",
            _("Check the file") if is_check else _("Import people"),
            job=job,
            is_check=is_check,
            progress_url=reverse("admin:accounts_user_state_import", args=[job.pk]),
        )

    def state_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """For the page's bar, which asks every second."""
        job = self.own_job(request, job_id)
        return JsonResponse({**progress_of(job), "is_finished": not job.is_working})

    @importers_post
    def cancel_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        job = self.own_job(request, job_id)
        try:
            jobs.cancel_job(job)
        except jobs.WrongState:
            state = job.get_state_display()
            messages.warning(request, _("Nothing was cancelled: %s.") % state)
            return redirect(step_url(job))
        messages.info(request, _("%s was given up; nothing was imported.") % job)
        return redirect("admin:accounts_user_import")
