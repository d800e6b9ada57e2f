"""The History page: every change set, newest first, and each opened to its objects."""

from typing import Any

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display
from unfold.views import ChangeList

from portal.access import is_limited
from portal.admin.deleted import DeletedMixin
from portal.admin.history import VIEW_HISTORY
from portal.admin.history_filters import FILTERS
from portal.admin.objects import first_objects, objects_page
from portal.admin.paging import LimitedPaginator
from portal.admin.proof import ProofMixin
from portal.admin.revert_actor import RevertActorMixin, window_from
from portal.admin.review import ReviewMixin
from portal.history.partly import size_of
from portal.history.search import search_change_sets
from portal.history.viewing import only_seen
from portal.history.words import describe
from portal.models import ChangeSet

# Shown when a line of the list is opened.
OBJECTS_OPENED = 10


class ShortPaginator(LimitedPaginator):
    """For staff with limits: each change set that is counted is looked into."""

    LIMIT = 500


class HistoryList(ChangeList):
    """Puts each change set of the page into words, all of them at once."""

    result_list: Any

    def get_ordering(self, request: HttpRequest, queryset: QuerySet) -> list[Any]:
        """Newest first, by the column of the index that the filters use."""
        return list(queryset.query.order_by or ("-pk",))

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        page: Any = self.result_list
        found = list(page)
        lines = describe(found, request.user)
        for change_set in found:
            change_set.line = lines[change_set.pk]
        self.result_list = found


@admin.register(ChangeSet)
class ChangeSetAdmin(ProofMixin, DeletedMixin, RevertActorMixin, ReviewMixin):
    list_display = (
        "display_time",
        "display_actor",
        "display_kind",
        "display_line",
        "reason",
    )
    list_display_links = ("display_time",)
    list_filter = (*FILTERS, ("started_at", RangeDateTimeFilter))
    # `search_change_sets` looks at more; with none the page has no search box.
    search_fields = ("reason",)
    search_help_text = _("Search by name, card number, reason, file or actor")
    # Newest first; any other order would sort the whole table.
    sortable_by = ()
    paginator = LimitedPaginator

    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<path:object_id>/objects/",
                self.admin_site.admin_view(self.objects_view),
                name="portal_changeset_objects",
            ),
            *super().get_urls(),
        ]

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        return only_seen(super().get_queryset(request), request.user)

    def get_paginator(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        is_short = is_limited(request.user)
        paginator = ShortPaginator if is_short else self.paginator
        return paginator(*args, **kwargs)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ChangeList]:
        return HistoryList

    def changelist_view(
        self, request: HttpRequest, extra_context: dict[str, Any] | None = None
    ) -> Any:
        context = {"title": _("History")}
        return super().changelist_view(request, context | (extra_context or {}))

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        return search_change_sets(queryset, search_term, request.user), False

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return request.user.has_perm(VIEW_HISTORY) and super().has_view_permission(
            request, obj
        )

    @display(description=_("When"))
    def display_time(self, change_set: ChangeSet) -> Any:
        return change_set.started_at

    @display(description=_("Who"))
    def display_actor(self, change_set: ChangeSet) -> str:
        return change_set.actor_label

    @display(description=_("How"))
    def display_kind(self, change_set: ChangeSet) -> str:
        return change_set.get_kind_display()

    @display(description=_("What"))
    def display_line(self, change_set: ChangeSet) -> str:
        return render_to_string(
            "portal/includes/change_line.html", {"change_set": change_set}
        )

    def objects_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """The first objects of a change set, for the line that is opened."""
        change_set = self._seen(request, object_id)
        return TemplateResponse(
            request,
            "portal/history/objects.html",
            {
                "change_set": change_set,
                "objects": first_objects(change_set, request.user, OBJECTS_OPENED),
            },
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        change_set = self.get_object(request, unquote(object_id))
        if change_set is None or not self.has_view_permission(request, change_set):
            return super().change_view(request, object_id, form_url, extra_context)
        objects = objects_page(
            change_set,
            request.user,
            request.GET.get("kind", ""),
            request.GET.get("p", "1"),
        )
        return TemplateResponse(
            request,
            "portal/history/change_set.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Change set %s") % change_set.pk,
                "opts": self.opts,
                "original": change_set,
                "line": describe([change_set], request.user)[change_set.pk],
                "objects": objects,
                # A review changes nothing that could go back.
                "may_revert": size_of(change_set)
                and self.has_revert_permission(request, change_set),
                "window": window_from(change_set),
                **_reverts(change_set, request.user),
                **self.review_context(request, change_set),
            },
        )

    def _seen(self, request: HttpRequest, object_id: str) -> ChangeSet:
        """The change set; raises Http404 and PermissionDenied."""
        change_set = self.get_object(request, unquote(object_id))
        if change_set is None:
            raise Http404
        if not self.has_view_permission(request, change_set):
            raise PermissionDenied
        return change_set


def _reverts(change_set: ChangeSet, user: Any) -> dict[str, list[ChangeSet]]:
    """What it reverts, and what reverted it, as far as `user` sees of these."""
    related = Q(pk=change_set.reverts_id) | Q(reverts=change_set)
    seen = only_seen(ChangeSet.objects.filter(related), user).order_by("pk")
    found: dict[bool, list[ChangeSet]] = {True: [], False: []}
    for made in seen:
        found[made.pk == change_set.reverts_id].append(made)
    return {"reverts": found[True], "reverted_by": found[False]}
