"""What is gone: the newest version of each object that is there no more."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from django.db import models
from django.db.models import (
    CharField,
    Exists,
    OuterRef,
    Q,
    QuerySet,
    Value,
    prefetch_related_objects,
)

from portal.history.snapshot import (
    history_model_of,
    owner_field,
    tracked_models,
)
from portal.history.story import DELETED, with_neighbours
from portal.history.texts import holds, words_of
from portal.history.viewing import may_view, rows_of


def gone_rows(model: type[models.Model], user: Any) -> QuerySet:
    """The last history row of each object of `model` that was deleted, as `user` sees.

    A part that went together with its whole is not listed by itself.
    """
    history, pk_name = history_model_of(model)._base_manager, model._meta.pk.attname
    later = history.filter(
        **{pk_name: OuterRef(pk_name)}, history_id__gt=OuterRef("history_id")
    )
    rows = rows_of(user, model).filter(~Exists(later), history_type=DELETED)
    if owner := owner_field(model):
        whole = owner.related_model
        wholes = history_model_of(whole)._base_manager.filter(
            **{whole._meta.pk.attname: OuterRef(owner.attname)},
            history_type=DELETED,
            change_set=OuterRef("change_set"),
        )
        rows = rows.filter(~Exists(wholes))
    return rows


def search_gone(rows: QuerySet, term: str, user: Any) -> QuerySet:
    """Those with every word of `term` in a short text of theirs, or of their part."""
    model = rows.model.instance_type
    parts = [
        (rows_of(user, part), owner.attname)
        for part in tracked_models()
        if (owner := owner_field(part)) and owner.related_model is model
        if may_view(user, part)
    ]
    for word in words_of(term):
        found = holds(model, word, user)
        for history, attname in parts:
            of_this = history.filter(
                holds(history.model.instance_type, word, user),
                **{attname: OuterRef(model._meta.pk.attname)},
                history_type=DELETED,
                change_set=OuterRef("change_set"),
            )
            found |= Q(Exists(of_this))
        rows = rows.filter(found)
    return rows


def listed(sources: Iterable[QuerySet]) -> QuerySet:
    """All these rows as (change set, model's label, history id), newest first."""
    first, *others = [
        rows.order_by()
        .annotate(
            label=Value(
                rows.model.instance_type._meta.label_lower, output_field=CharField()
            )
        )
        .values_list("change_set_id", "label", "history_id")
        for rows in sources
    ]
    union = first.union(*others, all=True) if others else first
    return union.order_by("-change_set_id", "label", "-history_id")


def rows_named(keys: Iterable[tuple[str, int]], user: Any) -> list[Any]:
    """The rows with these (model's label, history id), if they are gone still.

    And if `user` sees them.

    In the order of the keys, knowing their neighbours and their change sets.
    """
    wanted: dict[str, list[int]] = defaultdict(list)
    for label, history_id in keys:
        wanted[label].append(history_id)
    found: dict[tuple[str, int], Any] = {}
    for model in tracked_models():
        label = model._meta.label_lower
        if label in wanted:
            rows = gone_rows(model, user).filter(history_id__in=wanted[label])
            its_rows = list(with_neighbours(rows))
            prefetch_related_objects(its_rows, "change_set")
            found |= {(label, row.history_id): row for row in its_rows}
    return [found[key] for key in dict.fromkeys(keys) if key in found]
