"""Change sets by free text: in their reason and subject, or in names of objects."""

from collections.abc import Iterator
from functools import reduce
from operator import and_, or_
from typing import Any

from django.db import models
from django.db.models import Q, QuerySet
from django.db.models.expressions import RawSQL

from portal.history.keys import key_list, key_rows
from portal.history.snapshot import owner_field
from portal.history.subjects import subject_is_known
from portal.history.texts import holds_all, text_holds, words_of
from portal.history.viewing import rows_of, viewable_models

OWN_TEXTS = ("reason", "subject", "actor_name")


def search_change_sets(change_sets: QuerySet, term: str, user: Any) -> QuerySet:
    """Those that hold every word of `term` in a text of theirs, or in an object's.

    An object counts by the names that it ever had, and a part by those of its whole:
    whoever looks for a person finds what happened to its Reader. Only what `user` may
    see is looked at.
    """
    words = words_of(term)
    if not words:
        return change_sets
    own = {
        name: reduce(and_, (text_holds([name], word) for word in words))
        for name in OWN_TEXTS
    }
    own["subject"] &= subject_is_known(user)
    named = [Q(pk__in=rows.values("change_set")) for rows in _rows_named(words, user)]
    return change_sets.filter(reduce(or_, [*own.values(), *named]))


def _rows_named(words: list[str], user: Any) -> Iterator[QuerySet]:
    viewable = viewable_models(user)
    owners = {model: owner_field(model) for model in viewable}
    for model, owner in owners.items():
        if owner and owner.related_model in viewable:
            # With its whole.
            continue
        parts = [
            (part, its_owner)
            for part, its_owner in owners.items()
            if its_owner and its_owner.related_model is model
        ]
        yield from _rows_of_whole(model, parts, words, user)


def _rows_of_whole(
    model: type[models.Model],
    parts: list[tuple[type[models.Model], models.Field]],
    words: list[str],
    user: Any,
) -> Iterator[QuerySet]:
    """The rows of the objects that are named so, and of their parts."""
    keys = _keys_named(model, parts, words, user)
    if not keys:
        return
    wanted = RawSQL(key_rows(model), [key_list(keys)])
    of_whole = rows_of(user, model)
    yield of_whole.filter(**{f"{model._meta.pk.attname}__in": wanted})
    for part, owner in parts:
        of_part = rows_of(user, part)
        yield of_part.filter(**{f"{owner.attname}__in": wanted})


def _keys_named(
    model: type[models.Model],
    parts: list[tuple[type[models.Model], models.Field]],
    words: list[str],
    user: Any,
) -> set[Any]:
    """Of the objects; looked up once, for it reads every version there is."""
    sides = [(model, model._meta.pk), *parts]
    return {
        key
        for each, field in sides
        for key in rows_of(user, each)
        .filter(holds_all(each, words, user))
        .order_by()
        .values_list(field.attname, flat=True)
        .distinct()
    }
