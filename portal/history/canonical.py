"""The canonical content of change sets: what a seal is the digest of.

Lines of JSON (ASCII, no spaces, keys sorted), each ended by a line feed: the scope, the
change set, then its counts, history rows and redactions, ordered by model and key. A
row is `[model, values]`, with the values in the order of the scope. Times are in UTC,
to the millisecond, as fixtures keep them; days are ISO; whatever else is text is as
stored.

The scope names the fields, so that a field added later changes no old digest, and the
values are those of the columns, so that labels, methods and settings don't matter
either. A migration that removes or renames a field of history makes the seals that
cover it unreadable; `verify_history` then says so.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from hashlib import sha256
from heapq import merge
from itertools import groupby
from operator import itemgetter
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import ExpressionWrapper, F

from portal.history.completeness import tracked_models
from portal.history.snapshot import history_model_of
from portal.models import ChangeCount, ChangeSet, Redaction, Review, SealScope

CHUNK = 2000
# By which field a row belongs to its change set, where it is not `change_set`.
KEYS: dict[Any, str] = {
    ChangeSet: "pk",
    Redaction: "by_id",
    Review: "by_id",
}
Fields = dict[str, list[str]]


class Unreadable(Exception):
    """A field that a seal covers is no longer there."""


def current_fields() -> Fields:
    """What a new seal covers."""
    sealed = [
        ChangeSet,
        ChangeCount,
        Redaction,
        Review,
        *map(history_model_of, tracked_models()),
    ]
    return {
        model._meta.label: sorted(field.attname for field in model._meta.local_fields)
        for model in sealed
    }


def content_digests(
    pks: Iterable[int], scope: SealScope
) -> Iterator[tuple[int, str | None]]:
    """Each of these change sets and its digest, ordered by key; None: it is gone.

    Reads a change set of any size in little memory, and a thousand of them in one
    query for each model.
    """
    wanted = sorted(pks)
    found = dict.fromkeys(wanted)
    lines = merge(*_streams(wanted, scope.fields), key=itemgetter(0, 1))
    head = _line(scope.fields)
    for pk, group in groupby(lines, key=itemgetter(0)):
        digest, is_there = sha256(head), False
        for _pk, rank, line in group:
            is_there = is_there or rank == 0
            digest.update(line)
        found[pk] = digest.hexdigest() if is_there else None
    yield from found.items()


def _streams(
    pks: list[int], fields: Fields
) -> Iterator[Iterator[tuple[int, int, bytes]]]:
    """For each model its rows, as (change set, the model's rank, line)."""
    labels = sorted(fields, key=lambda label: (label != ChangeSet._meta.label, label))
    for rank, label in enumerate(labels):
        yield _stream(pks, rank, label, fields[label])


def _stream(
    pks: list[int], rank: int, label: str, names: list[str]
) -> Iterator[tuple[int, int, bytes]]:
    model = _model(label)
    key = KEYS.get(model, "change_set_id")
    columns = [_column(model, name) for name in names]
    rows = model._base_manager.filter(**{f"{key}__in": pks}).order_by(key, "pk")
    for pk, *values in rows.values_list(key, *columns).iterator(CHUNK):
        yield pk, rank, _line([label, [*map(canonical, values)]])


def _model(label: str) -> type[models.Model]:
    try:
        return apps.get_model(label)
    except LookupError as error:
        raise Unreadable(label) from error


def _column(model: type[models.Model], name: str) -> Any:
    """The column as it is stored, past the Python form that some fields give it.

    A phone number's would be read otherwise after the library's next release.
    """
    try:
        field = model._meta.get_field(name)
    except FieldDoesNotExist as error:
        raise Unreadable(f"{model._meta.label}.{name}") from error
    if hasattr(field, "from_db_value") and not isinstance(field, models.JSONField):
        return ExpressionWrapper(F(name), output_field=models.TextField())
    return name


def canonical(value: Any) -> Any:
    """A column's value as JSON has it."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="milliseconds")
    return value.isoformat() if isinstance(value, date) else value


def _line(content: Any) -> bytes:
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return f"{text}\n".encode("ascii")
