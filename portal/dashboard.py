"""The first page: what there is, what happens, and what to do next.

A leaf, reached by dotted path: it knows every app, and no app knows it. Each part is
there only for who may see what it is about.
"""

import json
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import TruncMonth
from django.http import HttpRequest
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import people_within, readers_within
from portal.history.viewing import only_seen, only_wholly_seen
from portal.history.words import describe
from portal.models import ChangeSet, ImportJob
from portal.theme import REVIEW_RIGHTS
from readers.models import Reader

MONTHS = 12
EXPIRING_SHOWN, CHANGES_SHOWN, IMPORTS_SHOWN = 10, 8, 5


def dashboard_context(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    user: Any = request.user
    parts: dict[str, Any] = {}
    if user.has_perm("accounts.view_user"):
        parts |= people_parts(user, timezone.localdate())
    if user.has_perms(["portal.view_changeset", "portal.view_history"]):
        parts["changes"] = latest_changes(user)
    if user.has_perms(REVIEW_RIGHTS):
        parts["review"] = review_part(user)
    if user.has_perm("portal.view_importjob"):
        jobs = ImportJob.objects.known_to(user).order_by("-created_at")
        jobs = jobs.defer("details", "error", "options", "reading")
        parts["imports"] = jobs[:IMPORTS_SHOWN]
    if not parts:
        parts["roles"] = Group.objects.order_by("name").values_list("name", flat=True)
    return {**context, "dashboard": parts}


# --- People -----------------------------------------------------------------------


def people_parts(user: Any, today: date) -> dict[str, Any]:
    """Of those whom `user` sees."""
    readers = Reader.objects.filter(readers_within(user))
    months = new_people_by_month(readers, today)
    expiring = readers.expiring()
    nearest = expiring.filter(user__is_active=True).select_related("user", "branch")
    return {
        "figures": figures(User.objects.filter(people_within(user)), readers),
        "months": months,
        "chart": json.dumps(chart(months)),
        "chart_options": json.dumps(CHART_OPTIONS),
        "expiring": [
            {"reader": reader, "days": (reader.expires_on - today).days}
            for reader in nearest.order_by("expires_on", "pk")[:EXPIRING_SHOWN]
        ],
    }


def figures(people: QuerySet, readers: Any) -> list[dict[str, Any]]:
    """Each count, with the list of the people behind it."""
    counts = people.aggregate(
        people=Count("pk"),
        active=Count("pk", filter=Q(is_active=True)),
        staff=Count("pk", filter=Q(is_staff=True)),
        unreachable=Count("pk", filter=Q(email="")),
    )
    expired, expiring = readers.expired(), readers.expiring()
    address = reverse("admin:accounts_user_changelist")
    return [
        {"label": label, "value": value, "link": f"{address}{query}"}
        for label, value, query in (
            (_("People"), counts["people"], ""),
            (_("Active"), counts["active"], "?is_active__exact=1"),
            (_("Staff"), counts["staff"], "?is_staff__exact=1"),
            (_("Expiring in 30 days"), expiring.count(), "?expiry=soon"),
            (_("Expired"), expired.count(), "?expiry=expired"),
            (_("Without e-mail"), counts["unreachable"], "?email__exact="),
        )
    ]


def new_people_by_month(readers: Any, today: date) -> list[tuple[date, int]]:
    """The first day of each of the last months, and how many people joined in it."""
    first_days = [today.replace(day=1)]
    while len(first_days) < MONTHS:
        first_days.append((first_days[-1] - timedelta(days=1)).replace(day=1))
    joined = readers.filter(joined_on__range=(first_days[-1], today))
    by_month = joined.annotate(month=TruncMonth("joined_on")).values("month")
    counted = dict(
        by_month.annotate(people=Count("pk")).values_list("month", "people").order_by()
    )
    return [(day, counted.get(day, 0)) for day in reversed(first_days)]


# The theme's own grey for the axes is too faint on white. Chart.js reads no CSS
# variables here, so this one must be readable on both backgrounds.
AXIS = {"color": "#7b7e76"}
CHART_OPTIONS = {
    "animation": False,
    "maintainAspectRatio": False,
    "plugins": {"legend": {"display": False}},
    "scales": {
        "x": {"grid": {"display": False}, "ticks": AXIS | {"maxRotation": 0}},
        "y": {
            "beginAtZero": True,
            "border": {"display": False},
            "ticks": AXIS | {"precision": 0, "maxTicksLimit": 6},
        },
    },
}


def chart(months: list[tuple[date, int]]) -> dict[str, Any]:
    return {
        "labels": month_labels([day for day, _people in months]),
        "datasets": [
            {
                "label": _("New people"),
                "data": [people for _day, people in months],
                "backgroundColor": "var(--color-primary-500)",
                "borderRadius": 4,
                "maxBarThickness": 32,
            }
        ],
    }


def month_labels(first_days: list[date]) -> list[list[str]]:
    """The months; the first one, and each January, with its year on a second line."""
    return [
        [formats.date_format(day, "M"), *([str(day.year)] if is_marked else [])]
        for number, day in enumerate(first_days)
        for is_marked in [number == 0 or day.month == 1]
    ]


# --- What happened ----------------------------------------------------------------


def latest_changes(user: Any) -> list[dict[str, Any]]:
    seen = only_seen(ChangeSet.objects.order_by("-pk"), user)
    change_sets = list(seen[:CHANGES_SHOWN])
    lines = describe(change_sets, user)
    return [{"change_set": made, "what": lines[made.pk]} for made in change_sets]


def review_part(user: Any) -> dict[str, Any]:
    """How many sensitive change sets wait for a review, since when, and are flagged.

    Of those that `user` may review.
    """
    rights = ["portal.review_history"]
    waiting = only_wholly_seen(ChangeSet.objects.waiting().order_by(), user, rights)
    flagged = only_wholly_seen(ChangeSet.objects.flagged(), user, rights)
    counted = waiting.aggregate(waiting=Count("pk"), oldest=Min("started_at"))
    return {**counted, "flagged": flagged.count()}
