"""What came of an import, and what can be done about it."""

import tempfile
from pathlib import PurePath
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
)
from django.shortcuts import redirect
from django.urls import URLPattern, reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.imports.base import importers_post, step_url
from accounts.imports.refused import write_refused
from accounts.imports.repair import give_readers, waiting_for_reader
from accounts.imports.reviews import ReviewPages, still_sees_rows
from portal.admin.reverting import RIGHTS
from portal.models import ChangeSet, ImportJob, Letter


class ResultPages(ReviewPages):
    def get_urls(self) -> list[URLPattern]:
        return [
            self.import_path("<uuid:job_id>/result/", self.result_view, "result"),
            self.import_path("<uuid:job_id>/refused/", self.refused_view, "refused"),
            self.import_path("<uuid:job_id>/repair/", self.repair_view, "repair"),
            *super().get_urls(),
        ]

    def result_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        job = self.own_job(request, job_id)
        if not job.is_finished:
            return redirect(step_url(job))
        user = request.user
        return self.render_import(
            request,
            "result",
            _("Import people"),
            job=job,
            undone_by=_undone_by(job),
            touched_url=f"{reverse('admin:accounts_user_changelist')}?imported={job.pk}",
            unrepaired=waiting_for_reader(job, user).count(),
            may_repair=user.has_perm("readers.add_reader"),
            letters=_letters_of(job),
            may_see_letters=user.has_perm("portal.view_letter"),
            may_undo=user.has_perms(RIGHTS),
            may_see_changes=user.has_perms(
                ["portal.view_changeset", "portal.view_history"]
            ),
        )

    def refused_view(self, request: HttpRequest, job_id: Any) -> HttpResponseBase:
        """The rows in error as a file of the same kind, to be put right."""
        job = self.own_job(request, job_id)
        if not job.has_refused_rows:
            raise Http404
        if not still_sees_rows(request, job):
            # The review says it itself.
            if job.is_finished:
                text = _(
                    "Your rights have changed since the check, so no rows are given."
                )
                messages.warning(request, text)
            return redirect(step_url(job))
        # The response closes it, and with that it is gone from the disk.
        file = tempfile.TemporaryFile()  # noqa: SIM115
        format = write_refused(job, file)
        file.seek(0)
        name = f"{PurePath(job.file_name).stem}-refused.{format.value}"
        return FileResponse(file, as_attachment=True, filename=name)

    @importers_post
    def repair_view(self, request: HttpRequest, job_id: Any) -> HttpResponse:
        """Give a Reader to the people whom this import left without one."""
        job = self.own_job(request, job_id)
        if not request.user.has_perm("readers.add_reader"):
            raise PermissionDenied
        count = give_readers(job, actor=request.user)
        text = ngettext("%s person got a Reader.", "%s people got a Reader.", count)
        messages.success(request, text % count)
        return redirect(step_url(job))


def _undone_by(job: ImportJob) -> ChangeSet | None:
    if job.state != ImportJob.State.UNDONE:
        return None
    return ChangeSet.objects.filter(reverts=job.change_set).order_by("-pk").first()


def _letters_of(job: ImportJob) -> list[tuple[Any, int]]:
    """State and number of the letters that it ordered, in the order of their life."""
    counted = job.letters.order_by().values_list("state").annotate(Count("pk"))
    found = dict(counted)
    return [
        (label, found[state]) for state, label in Letter.State.choices if state in found
    ]
