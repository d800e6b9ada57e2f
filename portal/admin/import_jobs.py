from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet, Value
from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import ChoicesDropdownFilter, RangeDateTimeFilter
from unfold.decorators import display

from portal.admin.history import VIEW_HISTORY
from portal.admin.read_only import ReadOnlyModelAdmin
from portal.models import ImportJob


@admin.register(ImportJob)
class ImportJobAdmin(ReadOnlyModelAdmin):
    """What was imported, by whom; the pages that import belong to what is imported."""

    list_display = (
        "file_name",
        "owner_name",
        "display_state",
        "created_at",
        "total",
        "created_count",
        "updated_count",
        "unchanged_count",
        "skipped_count",
        "error_count",
        "display_next",
    )
    list_filter = (
        ("state", ChoicesDropdownFilter),
        ("created_at", RangeDateTimeFilter),
    )
    search_fields = ("file_name", "owner_name")
    search_help_text = _("Search by the name of the file or of who imported it")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("file_name", "owner_name"),
                    ("display_state", "display_next"),
                    ("created_at", "finished_at"),
                    "error",
                )
            },
        ),
        (
            _("Rows"),
            {
                "fields": (
                    ("total", "skipped_count", "error_count"),
                    ("created_count", "updated_count", "unchanged_count"),
                )
            },
        ),
        (_("The file as it was uploaded"), {"fields": ("display_sha256",)}),
    )

    class Media:
        js = ("reading-room/live-list.js",)

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        """Each with what this person may do next, for columns know no request."""
        user = request.user
        may_see = user.has_perms(["portal.view_changeset", VIEW_HISTORY])
        return (
            super()
            .get_queryset(request)
            .known_to(user)
            .defer("details", "error", "options", "reading")
            .annotate(is_own=Q(owner=user.pk), may_see_changes=Value(may_see))
        )

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        # A job is no tracked object; what it changed is in its change set.
        context = {"show_history": False, **(extra_context or {})}
        return super().change_view(request, object_id, form_url, context)

    @display(description=_("State"), ordering="state")
    def display_state(self, job: ImportJob) -> str:
        return render_to_string("portal/includes/import_status.html", {"job": job})

    @display(description="SHA-256")
    def display_sha256(self, job: ImportJob) -> str:
        """In pieces, for a phone is too narrow for the whole."""
        pieces = [job.sha256[i : i + 8] for i in range(0, len(job.sha256), 8)]
        return format_html_join("", "<code>{}</code><wbr>", ((p,) for p in pieces))

    @display(description=_("Next"))
    def display_next(self, job: ImportJob) -> str:
        """For whose it is, the step it is at or its result; and what it changed."""
        links = []
        if job.is_own:  # type: ignore[attr-defined]
            name = f"admin:{job.target.replace('.', '_')}_job_import"
            text = _t("Result") if job.is_finished else _t("Go on")
            links.append(_link(reverse(name, args=[job.pk]), text))
        if job.change_set_id and job.may_see_changes:  # type: ignore[attr-defined]
            address = reverse("admin:portal_changeset_change", args=[job.change_set_id])
            links.append(_link(address, _t("Changes")))
        return format_html_join(" · ", "{}", ((link,) for link in links))


def _link(address: str, text: str) -> str:
    return format_html(
        '<a class="text-primary-600 dark:text-primary-500" href="{}">{}</a>',
        address,
        text,
    )
