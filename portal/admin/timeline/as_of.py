"""An object as it was at a moment."""

from datetime import UTC, datetime, time, timedelta

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.translation import gettext as _

from portal.admin.history import HistoryModelAdmin
from portal.history.moments import PartThen, parts_at
from portal.models import ChangeSet

MOMENT_CHARACTERS = 40
SECOND = timedelta(seconds=1)


class AsOfMixin(HistoryModelAdmin):
    def get_urls(self) -> list[URLPattern]:
        return [
            path(
                "<path:object_id>/history/as-of/",
                self.admin_site.admin_view(self.as_of_view),
                name=f"{self.opts.app_label}_{self.opts.model_name}_as_of",
            ),
            *super().get_urls(),
        ]

    def as_of_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        """`at` is a date, a minute or a second, of which the end is meant."""
        obj = self.read_object(request, object_id)
        typed = request.GET.get("at", "")[:MOMENT_CHARACTERS]
        moment = moment_of(typed)
        is_ahead = moment is not None and moment > timezone.now()
        parts: list[PartThen] = []
        if moment is not None and not is_ahead:
            sources = self.history_sources(request, obj)
            parts = parts_at(sources, moment, request.user)
        last = last_change(parts)
        return TemplateResponse(
            request,
            "portal/history/as_of.html",
            {
                **self.history_context(request, obj, _("%s as of a date") % obj),
                "typed": typed,
                "moment": moment,
                "is_ahead": is_ahead,
                "parts": parts,
                "last": last,
                "now_url": self.history_url(
                    "compare", obj.pk, one=last.pk if last else "", other="now"
                ),
            },
        )


def moment_of(typed: str) -> datetime | None:
    """The end of the day, minute or second that was typed; None if it is none.

    Of the one that is not over yet, it is now.
    """
    text = typed.strip()
    try:
        if day := parse_date(text):
            start, length = datetime.combine(day, time.min), timedelta(days=1)
        elif found := parse_datetime(text):
            is_minute = not found.second and not found.microsecond
            start, length = found, timedelta(minutes=1) if is_minute else SECOND
        else:
            return None
        if timezone.is_naive(start):
            start = timezone.make_aware(start)
        start = start.astimezone(UTC)
        end = start + length - datetime.resolution
    except (ValueError, OverflowError):
        return None
    return min(end, max(start, timezone.now()))


def last_change(parts: list[PartThen]) -> ChangeSet | None:
    """The newest act before the moment."""
    made = [part.row.change_set for part in parts if part.row is not None]
    return max(made, key=lambda each: each.pk, default=None)
