"""The base of every page about a model: acts, reasons and history in one place."""

from contextlib import AbstractContextManager
from typing import Any

from django.contrib.admin import ShowFacets
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.text import capfirst

from portal.admin.history import HistoryModelAdmin
from portal.history.acts import Act, change_set, name_act
from portal.models import ChangeSet

REASON_FIELD = "change_reason"
REASON_CHARACTERS = 500


def typed_reason(request: HttpRequest) -> str:
    """The reason that came with a form, if the person gave one."""
    return request.POST.get(REASON_FIELD, "").strip()[:REASON_CHARACTERS]


class PortalModelAdmin(HistoryModelAdmin):
    """Saves each form as one change set, with the reason given in it.

    Counting the whole table, and each filter's choices, costs more as it grows; both
    are off.
    """

    list_per_page = 50
    show_full_result_count = False
    show_facets = ShowFacets.NEVER
    list_filter_submit = True
    warn_unsaved_form = True
    change_form_after_template = "portal/includes/reason_field.html"

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        view = super().changeform_view
        if request.method != "POST":
            return view(request, object_id, form_url, extra_context)
        try:
            with self.act(request):
                return view(request, object_id, form_url, extra_context)
        except IntegrityError:
            # Somebody else saved between our check and our write. Once more: the
            # check now sees their row and says at which field it clashes.
            with self.act(request):
                return view(request, object_id, form_url, extra_context)

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        with self.act(request):
            return super().delete_view(request, object_id, extra_context)

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet) -> None:
        with self.act(request, kind=ChangeSet.Kind.ACTION):
            super().delete_queryset(request, queryset)

    def save_related(
        self, request: HttpRequest, form: Any, formsets: Any, change: bool
    ) -> None:
        super().save_related(request, form, formsets, change)
        name_act(self._subject(form.instance))

    def delete_model(self, request: HttpRequest, obj: Model) -> None:
        name_act(self._subject(obj))
        super().delete_model(request, obj)

    def _subject(self, obj: Model) -> str:
        return f"{capfirst(self.opts.verbose_name)} {obj}"

    def act(
        self, request: HttpRequest, kind: str = ChangeSet.Kind.FORM, subject: str = ""
    ) -> AbstractContextManager[Act]:
        """The change set of what this request's form does."""
        return change_set(
            kind=kind,
            actor=request.user,
            reason=typed_reason(request),
            subject=subject,
            origin=request.path,
        )

    # Django's own log names the actor by a key that dies with the account, and knows
    # no values; the change sets replace it.
    def log_addition(self, *args: Any) -> None:
        """Nothing to write."""

    def log_change(self, *args: Any) -> None:
        """Nothing to write."""

    def log_deletions(self, *args: Any) -> None:
        """Nothing to write."""
