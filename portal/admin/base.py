"""The base of every page about a model: acts, reasons and history in one place."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

from django.contrib import messages
from django.contrib.admin import ShowFacets
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.utils import unquote
from django.core.exceptions import ValidationError
from django.db import IntegrityError
from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from portal.admin.reasons import REASON_NEEDED, typed_reason
from portal.admin.timeline import TimelineModelAdmin
from portal.admin.undo import undo_tag
from portal.history.acts import Act, change_set, name_act
from portal.models import ChangeSet

SAVE_ATTEMPTS = 5


class PortalModelAdmin(TimelineModelAdmin):
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
        # Somebody else may save between our check and our write. Then once more: the
        # check now sees their row and says at which field it clashes, or proposes
        # another username, which a third may have taken meanwhile.
        for _attempt in range(SAVE_ATTEMPTS - 1):
            with suppress(IntegrityError), self.act(request):
                return view(request, object_id, form_url, extra_context)
        with self.act(request):
            return view(request, object_id, form_url, extra_context)

    def response_action(
        self, request: HttpRequest, queryset: QuerySet, *args: Any, **kwargs: Any
    ) -> HttpResponseBase | None:
        """An action on keys that no page can have offered is an action on nothing."""
        try:
            for key in request.POST.getlist(ACTION_CHECKBOX_NAME):
                self.opts.pk.clean(key, None)
        except ValidationError:
            self.message_user(request, _("Nothing was selected."), messages.WARNING)
            return None
        return super().response_action(request, queryset, *args, **kwargs)

    def delete_view(
        self,
        request: HttpRequest,
        object_id: str,
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        if request.method != "POST":
            return super().delete_view(request, object_id, extra_context)
        obj = self.get_object(request, unquote(object_id))
        may_delete = obj is not None and self.has_delete_permission(request, obj)
        if may_delete and not typed_reason(request):
            messages.error(request, REASON_NEEDED)
            return redirect(request.get_full_path())
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

    @contextmanager
    def act(
        self, request: HttpRequest, kind: str = ChangeSet.Kind.FORM, subject: str = ""
    ) -> Iterator[Act]:
        """The change set of what this request's form does.

        What is said meanwhile of its success waits for it, to carry «Undo».
        """
        waiting: Any = request
        waiting.successes = []
        try:
            with change_set(
                kind=kind,
                actor=request.user,
                reason=typed_reason(request),
                subject=subject,
                origin=request.path,
            ) as act:
                yield act
            waiting.made = act.recorded
        finally:
            said, waiting.successes = waiting.successes, None
        for text in said:
            self.message_user(request, text, messages.SUCCESS)

    def message_user(
        self,
        request: HttpRequest,
        message: Any,
        level: int | str = messages.INFO,
        extra_tags: str = "",
        fail_silently: bool = False,
    ) -> None:
        if level == messages.SUCCESS:
            if (waiting := getattr(request, "successes", None)) is not None:
                waiting.append(message)
                return
            extra_tags = extra_tags or undo_tag(request, getattr(request, "made", None))
        super().message_user(request, message, level, extra_tags, fail_silently)

    # Django's own log names the actor by a key that dies with the account, and knows
    # no values; the change sets replace it.
    def log_addition(self, *args: Any) -> None:
        """Nothing to write."""

    def log_change(self, *args: Any) -> None:
        """Nothing to write."""

    def log_deletions(self, *args: Any) -> None:
        """Nothing to write."""
