"""The letters: what waits, what was sent, and what was not, with why."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from unfold.contrib.filters.admin import (
    ChoicesDropdownFilter,
    DropdownFilter,
    RangeDateTimeFilter,
)
from unfold.decorators import display

from portal.access import visible_people
from portal.admin.letter_actions import LetterPlan, is_confirmed, show_plan
from portal.admin.paging import LimitedPaginator
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.history.texts import text_holds, words_of
from portal.models import Letter
from portal.outbox.again import AGAIN, allowed, send_again, stop
from portal.outbox.kinds import all_kinds, kind_label


class KindFilter(DropdownFilter):
    title = _("kind")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.name, kind.label) for kind in all_kinds()]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(Letter)
class LetterAdmin(ReadOnlyModelAdmin):
    list_display = (
        "display_person",
        "display_kind",
        "display_state",
        "display_actor",
        "created_at",
        "attempts",
        "display_next",
        "error",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        KindFilter,
        ("created_at", RangeDateTimeFilter),
    )
    # The result of an import leads to its letters.
    linked_lookups = ("job",)
    search_fields = ("person_name",)
    search_help_text = _("Search by whom it goes to or comes from")
    sortable_by = ()
    paginator = LimitedPaginator
    actions = ("send_again", "stop")  # type: ignore[assignment]
    fieldsets = (
        (None, {"fields": (("person_name", "display_kind"), "display_actor")}),
        (
            _("What became of it"),
            {
                "fields": (
                    ("display_state", "error"),
                    ("attempts", "display_next"),
                    ("created_at", "finished_at"),
                )
            },
        ),
    )

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        letters = super().get_queryset(request)
        people = visible_people(request.user)
        return letters if people is None else letters.filter(person_id__in=people)

    def has_letters_permission(self, request: HttpRequest) -> bool:
        """Whoever may order letters of some kind."""
        return any(kind.closed_to(request.user) is not None for kind in all_kinds())

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        context = {"show_history": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        for word in words_of(search_term):
            queryset = queryset.filter(text_holds(["person_name", "actor_name"], word))
        return queryset, False

    @admin.action(description=_("Send again"), permissions=["letters"])
    def send_again(
        self, request: HttpRequest, queryset: QuerySet
    ) -> HttpResponse | None:
        plan = _plan(request, queryset, AGAIN, _t("Will be sent again"))
        if not is_confirmed(request):
            return show_plan(self, request, plan, _t("Send letters again"))
        count = send_again(plan.targets, actor=request.user)
        text = ngettext(
            "%s letter will be sent again.", "%s letters will be sent again.", count
        )
        messages.success(request, text % count)
        return None

    @admin.action(description=_("Cancel"), permissions=["letters"])
    def stop(self, request: HttpRequest, queryset: QuerySet) -> HttpResponse | None:
        plan = _plan(request, queryset, Letter.WORKING, _t("Will be cancelled"))
        if not is_confirmed(request):
            return show_plan(self, request, plan, _t("Cancel letters"))
        count = stop(plan.targets, actor=request.user)
        text = ngettext("%s letter was cancelled.", "%s letters were cancelled.", count)
        messages.success(request, text % count)
        return None

    @display(description=_("To"), ordering="-id")
    def display_person(self, letter: Letter) -> str:
        return letter.person_name

    @display(description=_("Kind"))
    def display_kind(self, letter: Letter) -> str:
        return kind_label(letter.kind)

    @display(description=_("State"))
    def display_state(self, letter: Letter) -> str:
        return render_to_string("portal/letters/state.html", {"letter": letter})

    @display(description=_("By"))
    def display_actor(self, letter: Letter) -> str:
        return letter.actor_name

    @display(description=_("Next try"))
    def display_next(self, letter: Letter) -> Any:
        return letter.due_at if letter.state == Letter.State.WAITING else None


def _plan(
    request: HttpRequest, queryset: QuerySet, states: Sequence[str], will: str
) -> LetterPlan:
    chosen = Letter.objects.filter(pk__in=queryset.order_by().values("pk"))
    may = allowed(chosen, request.user)
    closed = chosen.exclude(pk__in=may.order_by().values("pk"))
    left_out = {
        _t("In another state"): may.exclude(state__in=states),
        _t("Not yours to send or stop"): closed,
    }
    return LetterPlan(will, may.filter(state__in=states), left_out)
