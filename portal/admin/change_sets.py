from typing import Any

from django.apps import apps
from django.contrib import admin
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import RangeDateTimeFilter
from unfold.decorators import display

from portal.admin.deleted import DeletedMixin
from portal.admin.history import VIEW_HISTORY
from portal.admin.plans import may_view
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.admin.revert_set import RevertSetMixin
from portal.history.snapshot import history_model_of, is_tracked
from portal.history.story import ObjectChange, entries_of
from portal.models import ChangeSet

OBJECTS_SHOWN = 100


@admin.register(ChangeSet)
class ChangeSetAdmin(DeletedMixin, RevertSetMixin, ReadOnlyModelAdmin):
    list_display = (
        "display_time",
        "display_actor",
        "display_kind",
        "display_summary",
        "reason",
    )
    list_display_links = ("display_time", "display_summary")
    list_filter = ("kind", ("started_at", RangeDateTimeFilter))
    search_fields = ("actor_name", "reason", "subject")
    search_help_text = _("Search by actor, reason or file")

    def has_view_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return request.user.has_perm(VIEW_HISTORY) and super().has_view_permission(
            request, obj
        )

    @display(description=_("When"), ordering="started_at")
    def display_time(self, change_set: ChangeSet) -> Any:
        return change_set.started_at

    @display(description=_("Who"), ordering="actor_name")
    def display_actor(self, change_set: ChangeSet) -> str:
        return change_set.actor_label

    @display(description=_("How"), ordering="kind")
    def display_kind(self, change_set: ChangeSet) -> str:
        return change_set.get_kind_display()

    @display(description=_("What"))
    def display_summary(self, change_set: ChangeSet) -> str:
        return change_set.summary

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        change_set = self.get_object(request, object_id)
        if change_set is None or not self.has_view_permission(request, change_set):
            return super().change_view(request, object_id, form_url, extra_context)
        changes = changes_in(change_set, request.user)
        total = (
            change_set.created_count
            + change_set.changed_count
            + change_set.deleted_count
        )
        return TemplateResponse(
            request,
            "portal/history/change_set.html",
            {
                **self.admin_site.each_context(request),
                "title": _("Change set %s") % change_set.pk,
                "opts": self.opts,
                "original": change_set,
                "changes": changes,
                "more": max(total - len(changes), 0),
                "may_revert": self.has_revert_permission(request, change_set),
            },
        )


def changes_in(
    change_set: ChangeSet, user: Any, limit: int = OBJECTS_SHOWN
) -> list[ObjectChange]:
    """What it did to its first `limit` objects of each kind that `user` may view."""
    histories = [
        history_model_of(model)
        for model in apps.get_models()
        if is_tracked(model) and may_view(user, model)
    ]
    sources = []
    for history in histories:
        rows = history._base_manager.filter(change_set=change_set)
        first = rows.order_by("history_id").values("history_id")[:limit]
        sources.append(
            history._base_manager.filter(
                history_id__in=list(first.values_list("history_id", flat=True))
            )
        )
    [entry] = entries_of([change_set], sources)
    return entry.objects
