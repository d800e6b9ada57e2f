"""What a change set is about for somebody who sees only a part of it.

The counts that stand with a change set tell of the whole. Here they are counted again
from the rows that are seen; of a big change set only its kinds of objects are told, for
a list must not look at each of a million rows.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.db.models import Count, Exists, OuterRef

from portal.access import is_limited
from portal.history.recording import COUNTS
from portal.history.viewing import rows_of, viewable_models
from portal.models import ChangeCount, ChangeSet

# Change sets of more objects are not counted.
COUNTED = 1_000


@dataclass
class Part:
    """What is seen of one change set: by model, without the fields that changed."""

    counts: list[ChangeCount] = field(default_factory=list)
    is_counted: bool = True

    @property
    def total(self) -> int:
        return sum(map(size_of, self.counts))


def size_of(counted: ChangeSet | ChangeCount) -> int:
    return counted.created_count + counted.changed_count + counted.deleted_count


def parts_seen(change_sets: Iterable[ChangeSet], user: Any) -> dict[int, Part]:
    """Key → the part, of those of which `user` does not see the whole."""
    if not is_limited(user):
        return {}
    sets = list(change_sets)
    parts = {made.pk: Part(is_counted=size_of(made) <= COUNTED) for made in sets}
    for model in viewable_models(user):
        rows = rows_of(user, model).order_by()
        label = model._meta.label_lower
        small = [pk for pk, part in parts.items() if part.is_counted]
        found: dict[int, ChangeCount] = {}
        for pk, kind, number in (
            rows.filter(change_set__in=small)
            .values("change_set", "history_type")
            .annotate(number=Count("pk"))
            .values_list("change_set", "history_type", "number")
        ):
            count = found.setdefault(pk, ChangeCount(change_set_id=pk, model=label))
            setattr(count, COUNTS[kind], number)
        big = ChangeSet.objects.filter(pk__in=parts.keys() - {*small}).filter(
            Exists(rows.filter(change_set=OuterRef("pk")))
        )
        for pk in big.values_list("pk", flat=True):
            found[pk] = ChangeCount(change_set_id=pk, model=label)
        for pk, count in found.items():
            parts[pk].counts.append(count)
    sizes = {made.pk: size_of(made) for made in sets}
    return {pk: part for pk, part in parts.items() if part.total != sizes[pk]}
