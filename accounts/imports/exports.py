"""The export page: the people of the list, with its filters or ticks, in any format."""

import logging
from typing import Any

from django.contrib import admin
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IncorrectLookupParameters
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export.admin import ExportMixin

from accounts.imports.fixture import FIXTURE
from accounts.imports.forms import ExportForm
from accounts.imports.taking_out import PeopleExport, exportable
from accounts.models import User
from portal.admin.base import PortalModelAdmin
from portal.admin.export_jobs import file_response
from portal.admin.filter_words import filters_in_words
from portal.exports.jobs import order
from portal.exports.work import problem_with_disk
from portal.models import ExportJob
from portal.sheets import SheetProblem

logger = logging.getLogger(__name__)

PEOPLE = PeopleExport()
CHUNK = 10_000


class ExportPages(ExportMixin, PortalModelAdmin):
    """Stands in for import-export's own page, at its address."""

    def has_export_permission(self, request: HttpRequest) -> bool:
        return PEOPLE.may_export(request.user)

    def export_action(self, request: HttpRequest) -> HttpResponseBase:
        if not self.has_export_permission(request):
            raise PermissionDenied
        try:
            listed = self.get_changelist_instance(request)
        except IncorrectLookupParameters:
            # As the list itself answers to an address that somebody typed.
            return redirect("admin:accounts_user_changelist")
        is_sent = request.method == "POST"
        form = ExportForm(request.POST if is_sent else None, user=request.user)
        which = filters_in_words(listed, request)
        return self._answer(request, form, listed.queryset, which)

    @admin.action(description=gettext_lazy("Export"), permissions=["export"])
    def export_selected(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponseBase:
        """The same page for those that are ticked; its form comes here again."""
        is_across = request.POST.get("select_across") == "1"
        ticked = [] if is_across else request.POST.getlist(ACTION_CHECKBOX_NAME)
        if is_across:
            which = filters_in_words(self.get_changelist_instance(request), request)
        else:
            which = _("Chosen one by one")
        is_sent = "format" in request.POST
        form = ExportForm(request.POST if is_sent else None, user=request.user)
        sent = [("action", "export_selected"), ("select_across", int(is_across))]
        sent += [(ACTION_CHECKBOX_NAME, key) for key in ticked]
        return self._answer(request, form, queryset, which, sent)

    def _answer(
        self,
        request: HttpRequest,
        form: ExportForm,
        listed: QuerySet,
        which: str,
        sent: list[tuple[str, Any]] | None = None,
    ) -> HttpResponseBase:
        people = User.objects.filter(pk__in=listed.order_by().values("pk"))
        people = people.filter(exportable(request.user))
        problem = ""
        if form.is_valid():
            try:
                job = self._order(request, form.cleaned_data, people, which)
            except OSError as error:
                logger.exception("An export could not be ordered.")
                problem = problem_with_disk(error)
            else:
                if job.state != ExportJob.State.FAILED:
                    return file_response(job) or redirect(_page_of(job))
                problem = job.error
        return TemplateResponse(
            request,
            "accounts/imports/export.html",
            {
                **self.admin_site.each_context(request),
                "opts": self.opts,
                "title": _("Export people"),
                "form": form,
                "count": people.count(),
                "which": which,
                "sent": sent or [],
                "problems": [SheetProblem(problem)] if problem else [],
            },
        )

    def _order(
        self, request: HttpRequest, chosen: dict[str, Any], people: QuerySet, which: str
    ) -> ExportJob:
        keys = people.order_by("username").values_list("pk", flat=True)
        format = chosen["format"]
        ending = f"{FIXTURE}.json" if format == FIXTURE else format
        return order(
            target=PEOPLE.target,
            owner=request.user,
            file_name=f"people-{timezone.localdate()}.{ending}",
            format=format,
            columns=[] if format == FIXTURE else chosen["columns"],
            filters=which,
            query=request.GET.urlencode(),
            keys=keys.iterator(CHUNK),
        )


def _page_of(job: ExportJob) -> str:
    return reverse("admin:portal_exportjob_change", args=[job.pk])
