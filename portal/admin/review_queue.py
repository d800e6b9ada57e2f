"""What the queue of reviews and the page of a change set show of its review."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest

from portal.access import is_limited
from portal.history.review import (
    is_own,
    latest_reviews,
    needs_review,
    reasons_for_review,
)
from portal.history.story import entries_of
from portal.history.viewing import only_wholly_seen, rows_of, viewable_models
from portal.history.words import describe
from portal.models import ChangeSet, Review

REVIEW_HISTORY = "portal.review_history"
RIGHTS = (REVIEW_HISTORY,)
# «Reviewed lately» ends here; older ones stand in the history.
LATELY = 200
# Of a change set of so few objects the queue itself shows the differences.
FEW_OBJECTS = 3
DIGITS = 18


def listed(show: str, user: Any) -> QuerySet[ChangeSet]:
    """Those that `user` may review, for they see the whole of them."""
    if show == "reviewed":
        reviewed = only_wholly_seen(ChangeSet.objects.reviewed(), user, RIGHTS)
        return reviewed.order_by("-reviews__pk")[:LATELY]
    if show == "waiting":
        found = ChangeSet.objects.waiting()
    elif show == "flagged":
        found = ChangeSet.objects.flagged()
    else:
        found = ChangeSet.objects.open()
    return only_wholly_seen(found, user, RIGHTS).order_by("pk")


def may_review(change_set: ChangeSet, user: Any) -> bool:
    """Nobody says of an act that it is in order who sees only a part of it."""
    same = ChangeSet.objects.filter(pk=change_set.pk)
    return not is_limited(user, RIGHTS) or only_wholly_seen(same, user, RIGHTS).exists()


def items_for(
    change_sets: Iterable[ChangeSet], request: HttpRequest
) -> list[dict[str, Any]]:
    """Each change set as the queue and its own page show it."""
    change_sets = list(change_sets)
    lines = describe(change_sets, request.user)
    latest, why = latest_reviews(change_sets), _reasons(change_sets, request.user)
    sent = request.POST.getlist("chosen")
    items = []
    for made in change_sets:
        newest = latest.get(made.pk)
        key = _key(made, newest)
        needed, own = needs_review(made, newest), is_own(made, request.user)
        items.append(
            {
                "change_set": made,
                "line": lines[made.pk],
                "key": key,
                "why": why.get(made.pk, []),
                "latest": newest,
                "needs_review": needed,
                "is_own": own,
                "may_mark": needed and not own,
                "is_chosen": key in sent,
            }
        )
    return items


def _reasons(change_sets: list[ChangeSet], user: Any) -> dict[int, list[str]]:
    """Why they are sensitive: told of the whole, so to nobody who sees but a part."""
    if is_limited(user):
        keys = ChangeSet.objects.filter(pk__in=[made.pk for made in change_sets])
        whole = set(only_wholly_seen(keys, user).values_list("pk", flat=True))
        change_sets = [made for made in change_sets if made.pk in whole]
    return reasons_for_review(change_sets)


def open_small(items: list[dict[str, Any]], user: Any) -> None:
    """Show what the small ones did right in the queue, as far as `user` may view it."""
    small = [item["change_set"] for item in items if _size(item) <= FEW_OBJECTS]
    sources = [rows_of(user, model) for model in viewable_models(user)]
    entries = entries_of(small, sources, user)
    changes = {entry.change_set.pk: entry.objects for entry in entries}
    for item in items:
        item["changes"] = changes.get(item["change_set"].pk, [])


def _size(item: dict[str, Any]) -> int:
    made: ChangeSet = item["change_set"]
    return made.created_count + made.changed_count + made.deleted_count


def next_waiting(change_set: ChangeSet, request: HttpRequest) -> ChangeSet | None:
    """The oldest after this one that this person could review, else the oldest."""
    waiting = ChangeSet.objects.waiting().exclude(pk=change_set.pk).order_by("pk")
    waiting = waiting.exclude(actor_id=request.user.pk)
    waiting = only_wholly_seen(waiting, request.user, RIGHTS)
    return waiting.filter(pk__gt=change_set.pk).first() or waiting.first()


def _key(made: ChangeSet, newest: Review | None) -> str:
    """A change set together with the latest review that is shown of it."""
    return f"{made.pk}:{newest.pk if newest else ''}"


def shown_in(keys: list[str], user: Any) -> dict[int, int | None]:
    """What `_key` wrote for `user`; whatever it cannot have written is left out."""
    shown: dict[int, int | None] = {}
    for key in keys:
        pk, _colon, seen = key.partition(":")
        if _is_number(pk) and (not seen or _is_number(seen)):
            shown[int(pk)] = int(seen) if seen else None
    if not is_limited(user, RIGHTS):
        return shown
    named = ChangeSet.objects.filter(pk__in=shown)
    whole = only_wholly_seen(named, user, RIGHTS).values_list("pk", flat=True)
    return {pk: shown[pk] for pk in whole}


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdecimal() and len(text) <= DIGITS
