"""What of a plan its reader may not see: objects, their names, and values."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import batched
from typing import Any

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.access import visible_rows
from portal.history.acts import BATCH
from portal.history.masking import masked
from portal.history.steps import Kept, Key, Naming, Step
from portal.history.viewing import may_view, rows_of

UNSEEN = _("You may not view this.")
OUT_OF_REACH = _("Your right to this does not reach it.")


def hide_from(user: Any, items: Collection[Step | Kept]) -> None:
    """Mark the objects that `user` may not see, and mask values of the others."""
    by_model: dict[type[models.Model], list[Any]] = defaultdict(list)
    for item in items:
        by_model[item.told_by].append(item)
    viewable = {item.model: may_view(user, item.model) for item in items}
    for model, its in by_model.items():
        rows = {item.newest.history_id for item in its}
        seen = _seen(user, model, "history_id", rows)
        for item in its:
            is_seen = viewable[item.model] and item.newest.history_id in seen
            item.is_hidden = not is_seen
            kind = getattr(item, "kind", "")
            item.changes = masked(
                item.changes,
                model,
                user,
                was_there=kind != "create",
                is_there=kind != "delete",
            )


def beyond_reach(user: Any, steps: Iterable[Step], rights: Sequence[str]) -> list[Step]:
    """Those whose objects `user` does not reach by rights that they do hold.

    What they do not hold at all is refused already.
    """
    if not user.has_perms(rights):
        return []
    by_model: dict[type[models.Model], list[Step]] = defaultdict(list)
    for step in steps:
        by_model[step.model].append(step)
    beyond: list[Step] = []
    for model, its in by_model.items():
        rows = {step.newest.history_id for step in its}
        reached = _seen(user, model, "history_id", rows, rights)
        beyond += [step for step in its if step.newest.history_id not in reached]
    return beyond


def unname(user: Any, steps: Iterable[Any]) -> None:
    """Take the names out of problems where `user` may not see whom they name."""
    problems = [item for item in steps if isinstance(item, Step)]
    keys: dict[type[models.Model], set[Any]] = defaultdict(set)
    for text in _texts(problems):
        if isinstance(text, Naming):
            keys[text.key[0]].add(text.key[1])
    seen = {
        (model, pk)
        for model, pks in keys.items()
        for pk in _seen(user, model, model._meta.pk.attname, pks)
    }
    for step in problems:
        step.problems = [_told(text, seen) for text in step.problems]
        step.needs = [(key, _told(text, seen)) for key, text in step.needs]


def _texts(steps: Iterable[Step]) -> Iterator[str]:
    for step in steps:
        yield from step.problems
        yield from (text for _key, text in step.needs)


def _told(text: str, seen: set[Key]) -> str:
    if isinstance(text, Naming) and text.key not in seen:
        return text.unnamed
    return text


def _seen(
    user: Any,
    model: type[models.Model],
    column: str,
    values: Collection[Any],
    rights: Sequence[str] = (),
) -> set[Any]:
    """Those of these values that stand in a row which `user` sees."""
    if not may_view(user, model):
        return set()
    if visible_rows(user, model, rights) is None:
        return set(values)
    return {
        value
        for some in batched(values, BATCH)
        for value in rows_of(user, model, rights)
        .filter(**{f"{column}__in": some})
        .order_by()
        .values_list(column, flat=True)
    }
