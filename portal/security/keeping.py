"""How long security events are kept, and how they forget a person.

The database refuses to rewrite them, as it refuses it for history; both go through the
one door of `portal.history.guard`.
"""

import json
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q, TextField
from django.db.models.functions import Cast, Lower
from django.utils import timezone

from portal.history import guard
from portal.models import SecurityEvent

# As if nobody knew where it came from.
OF_A_STRANGER: dict[str, Any] = {"address": None, "device": "", "user_agent": ""}


def deadline() -> datetime:
    """A midnight: the door is opened once a day, not at every look."""
    today = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - timedelta(days=settings.SECURITY_EVENT_KEEP_DAYS)


def prune() -> int:
    """Drop what is too old; tells how many that were."""
    old = SecurityEvent.objects.filter(at__lt=deadline())
    if not old.exists():
        return 0
    with guard.unlocked("security events that are too old"):
        return old._raw_delete(old.db)


def forget(number: int, *, keys: Iterable[str], rename: Callable[[str], str]) -> None:
    """Blank what tells of a person; call it where history is unlocked.

    `keys` are the names, in lower case, by which only this person was known; `rename`
    takes them out of a text. That something happened, and when, stays.
    """
    name = f"forgotten-{number}"
    events = SecurityEvent.objects.order_by()
    typed = events.alias(typed=Lower("typed_name")).filter(typed__in=keys)
    typed.update(typed_name=name, **OF_A_STRANGER)
    events.filter(subject_id=number, actor_id=None).update(**OF_A_STRANGER)
    events.filter(actor_id=number).update(actor_name=name, **OF_A_STRANGER)
    events.filter(subject_id=number).update(subject_name=name)
    _rename_in_details(keys, rename)


def _rename_in_details(keys: Iterable[str], rename: Callable[[str], str]) -> None:
    told = Q(pk__in=[])
    for key in keys:
        # SQLite keeps JSON as it was written, with letters beyond ASCII escaped.
        told |= Q(text__contains=key) | Q(text__contains=json.dumps(key)[1:-1])
    rows = SecurityEvent.objects.alias(text=Lower(Cast("details", TextField())))
    for event in rows.filter(told).only("details"):
        event.details = {
            each: rename(value) if isinstance(value, str) else value
            for each, value in event.details.items()
        }
        event.save(update_fields=["details"])
