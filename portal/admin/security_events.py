"""The security events, newest first: who came in, was kept out, or took data along."""

from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from portal.access import visible_people
from portal.admin.paging import LimitedPaginator
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.admin.security_filters import FILTERS
from portal.history.texts import text_holds, words_of
from portal.models import SecurityEvent
from portal.security.words import facts

NAMES = ["actor_name", "typed_name", "subject_name"]


@admin.register(SecurityEvent)
class SecurityEventAdmin(ReadOnlyModelAdmin):
    list_display = (
        "display_time",
        "display_kind",
        "display_who",
        "display_person",
        "address",
        "display_more",
    )
    list_filter = (*FILTERS, ("at", RangeDateTimeFilter))
    # `get_search_results` looks at more; with none the page has no search box.
    search_fields = ("actor_name",)
    search_help_text = _("Search by any name")
    # Newest first; any other order would sort the whole table.
    sortable_by = ()
    paginator = LimitedPaginator
    fieldsets = (
        (None, {"fields": (("at", "kind"), ("display_who", "display_person"))}),
        (
            _("Where from"),
            {"fields": (("address", "device"),)},
        ),
        (_("More"), {"fields": ("display_details",)}),
    )
    readonly_fields = ("display_who", "display_person", "display_details")

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """An event tells of whom it is about, or else of whoever did it.

        What is about many is one's own: a colleague of one's branch may see further.
        """
        events = super().get_queryset(request)
        people = visible_people(request.user)
        if people is None:
            return events
        own = Q(actor_id=request.user.pk) | ~Q(kind__in=SecurityEvent.ABOUT_MANY)
        by_themselves = Q(subject_id=None, actor_id__in=people) & own
        return events.filter(Q(subject_id__in=people) | by_themselves)

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {"title": _("Security events")}
        return super().changelist_view(request, context | (extra_context or {}))

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> Any:
        context = {"show_history": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        for word in words_of(search_term):
            queryset = queryset.filter(text_holds(NAMES, word))
        return queryset, False

    @display(description=_("When"), ordering="-id")
    def display_time(self, event: SecurityEvent) -> Any:
        return event.at

    @display(description=_("What"))
    def display_kind(self, event: SecurityEvent) -> str:
        return render_to_string("portal/security/kind.html", {"event": event})

    @display(description=_("Who"))
    def display_who(self, event: SecurityEvent) -> str:
        return render_to_string("portal/security/who.html", {"event": event})

    @display(description=_("Person"))
    def display_person(self, event: SecurityEvent) -> str:
        return event.subject_name

    @display(description=_("From"))
    def display_more(self, event: SecurityEvent) -> str:
        """In few words, opened in place to all that is known."""
        context = {"event": event, "facts": facts(event)}
        return render_to_string("portal/security/more.html", context)

    @display(description=_("Details"))
    def display_details(self, event: SecurityEvent) -> str:
        return render_to_string("portal/security/facts.html", {"facts": facts(event)})
