"""Where a person is named outside the tables of people and their history.

Import rows keep what files said, exports what the list was searched for, and letters
to whom they went.
"""

import json
import re
from collections.abc import Iterable
from functools import partial
from itertools import product
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast, Lower
from django.http import QueryDict

from accounts.imports.clashes import find_clashes
from accounts.imports.counting import count_rows
from accounts.imports.likeness import likeness
from accounts.models import User
from portal.imports import storage
from portal.models import ExportJob, ImportJob, ImportRow, Letter
from readers.models import Reader

# Where the row of one person may tell of another.
TOLD = ("messages", "clashes", "remarks")


class Traces:
    """How a person is, or was, known: ask while the history still tells."""

    def __init__(self, number: int) -> None:
        users = [*User.objects.filter(pk=number), *User.history.filter(id=number)]
        readers = [
            *Reader.objects.filter(user=number),
            *Reader.history.filter(user_id=number),
        ]
        self.number = number
        # Each is, or was, nobody else's.
        self.keys = _lowered(
            *(text for user in users for text in (user.username, user.email)),
            *(reader.card_number for reader in readers),
        )
        self.names = _lowered(
            *(text for user in users for text in (user.first_name, user.last_name))
        )
        self.likenesses = {_likeness(*both) for both in product(users, readers)} - {""}

    def remove(self) -> None:
        """Call it when the person is gone, in the same transaction."""
        _remove_rows(self)
        _rename_in_rows(self)
        _rename_in_searches(self)
        _remove_letters(self)

    def rename(self, words: Iterable[str], text: str) -> str:
        """None of the words is left, be it not as a part of a longer one."""
        either = "|".join(map(re.escape, words)) or "(?!)"
        # A full stop may end the sentence, or go on with the address.
        found = rf"(?<![\w.@+-])(?:{either})(?![\w@+-])(?!\.\w)"
        return re.sub(found, f"forgotten-{self.number}", text, flags=re.IGNORECASE)


def _lowered(*texts: str | None) -> set[str]:
    return {text.lower() for text in texts if text}


def _likeness(user: Any, reader: Any) -> str:
    born = reader.birth_date.isoformat() if reader.birth_date else ""
    names = {"first_name": user.first_name, "last_name": user.last_name}
    return likeness({**names, "birth_date": born})


def _rows_with(words: Iterable[str], *columns: str) -> QuerySet[ImportRow]:
    """Rows with any of the words in any of the columns, be it within another word."""
    found = Q(pk__in=[])
    for column, word in product(columns, words):
        found |= Q(**{f"{column}_text__contains": word})
    texts = {f"{name}_text": Lower(Cast(name, TextField())) for name in columns}
    return ImportRow.objects.order_by().alias(**texts).filter(found)


def _remove_rows(traces: Traces) -> None:
    """What of any file is about the person, by what only one person has."""
    known = ImportRow.objects.order_by().filter(
        Q(person_id=traces.number) | Q(likeness__in=traces.likenesses)
    )
    found = {row.pk: row.job_id for row in known.only("job_id")}
    for row in _rows_with(traces.keys, "cells", "username").only(
        "job_id", "cells", "username"
    ):
        if traces.keys & _lowered(row.username, *map(str.strip, row.cells)):
            found[row.pk] = row.job_id
    ImportRow.objects.filter(pk__in=found).delete()
    for job in ImportJob.objects.filter(pk__in=set(found.values())):
        _settle(job)


def _settle(job: ImportJob) -> None:
    """Without some of its rows: what is done needs its file no more."""
    if job.is_finished:
        transaction.on_commit(partial(storage.remove, job))
    elif job.state == ImportJob.State.READY and job.options:
        find_clashes(job)
        job.update(**count_rows(job))


def _rename_in_rows(traces: Traces) -> None:
    """In what rows of others tell of the person: «is already that of anna.berg»."""
    for row in _rows_with(traces.keys, *TOLD).only(*TOLD).iterator():
        for name in filter(partial(getattr, row), TOLD):
            text = json.dumps(getattr(row, name), ensure_ascii=False)
            setattr(row, name, json.loads(traces.rename(traces.keys, text)))
        row.save(update_fields=TOLD)


def _remove_letters(traces: Traces) -> None:
    """Those to the person; those in its name stay, without it."""
    Letter.objects.filter(person_id=traces.number).delete()
    name = f"forgotten-{traces.number}"
    Letter.objects.filter(actor_id=traces.number).update(actor_name=name)


def _rename_in_searches(traces: Traces) -> None:
    words = traces.keys | traces.names
    for job in ExportJob.objects.exclude(query="").only("query", "filters").iterator():
        asked = QueryDict(job.query, mutable=True)
        for name, values in list(asked.lists()):
            asked.setlist(name, [traces.rename(words, value) for value in values])
        if asked != QueryDict(job.query):
            job.query = asked.urlencode()
            job.filters = traces.rename(words, job.filters)
            job.save(update_fields=["query", "filters"])
