"""Erasure: a person's name, address, card and notes leave the tables and the history,
what files said of the person, and what exports were searched for.

That there was somebody, with which roles, and who changed what when, stays.
"""

from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import F, Value
from django.db.models.functions import Concat

from accounts.models import User
from accounts.traces import Traces
from portal.history.acts import change_set
from portal.history.redaction import redacting
from portal.models import ChangeSet
from portal.security import keeping
from readers.models import Reader

ORIGIN = "forget_person"
FORGOTTEN_USER = {
    "username": Concat(Value("forgotten-"), F("id")),
    "first_name": "",
    "last_name": "",
    "email": "",
}
FORGOTTEN_READER = {"card_number": "", "phone": "", "birth_date": None, "notes": ""}


def numbers_named(username: str) -> list[int]:
    """Who has, or had, this username; it may have been given to another later."""
    live = User.objects.filter(username=username).values_list("pk", flat=True)
    once = User.history.filter(username=username).values_list("id", flat=True)
    return sorted({*live, *once})


def rows_about(number: int) -> list[Any]:
    """The history rows of the User and of whatever Readers it had."""
    return [User.history.filter(id=number), Reader.history.filter(user_id=number)]


def forget(number: int, *, reason: str) -> None:
    """Delete the person, if still there, and erase it from history, or do nothing."""
    subject, traces = f"Person no. {number}", Traces(number)
    with transaction.atomic():
        with change_set(
            kind=ChangeSet.Kind.COMMAND, reason=reason, subject=subject, origin=ORIGIN
        ):
            User.objects.filter(pk=number).delete()
        with redacting(origin=ORIGIN, subject=subject, reason=reason) as redacted:
            users, readers = rows_about(number)
            for rows in (users, readers):
                redacted.update(rows.values_list("change_set_id", flat=True))
            alone = _only_about(number, redacted)
            commented = _reviews_of(alone)
            redacted.update(commented)
            users.update(**FORGOTTEN_USER)
            readers.update(**FORGOTTEN_READER)
            # Reasons and subjects name people; those of an import name a file.
            ChangeSet.objects.filter(pk__in=alone).update(subject="", reason="")
            ChangeSet.objects.filter(pk__in=commented).update(reason="")
            keeping.forget(
                number,
                keys=traces.keys,
                rename=partial(traces.rename, traces.keys),
            )
        traces.remove()


def _only_about(number: int, pks: set[int]) -> list[int]:
    """Those of the change sets that changed nobody and nothing else."""
    rows: dict[int, int] = dict.fromkeys(pks, 0)
    for found in rows_about(number):
        for pk in found.values_list("change_set_id", flat=True):
            rows[pk] += 1
    counted = ChangeSet.objects.filter(pk__in=pks).exclude(origin=ORIGIN)
    return [
        made.pk
        for made in counted
        if made.created_count + made.changed_count + made.deleted_count <= rows[made.pk]
    ]


def _reviews_of(pks: list[int]) -> list[int]:
    """The acts that gave a verdict on any of these; a comment may name the person."""
    acts = ChangeSet.objects.filter(verdicts__change_set__in=pks).exclude(reason="")
    return list(acts.order_by("pk").values_list("pk", flat=True).distinct())
