"""Counts for change sets that were written without: by a migration, or long ago."""

from typing import Any

from django.apps import AppConfig
from django.db.models import Count

from portal.history.recording import COUNTS
from portal.history.snapshot import history_model_of, tracked_models
from portal.models import ChangeCount, ChangeSet


def count_uncounted(sender: AppConfig, **kwargs: Any) -> None:
    """Receives `post_migrate`. Which fields changed is not told for these."""
    uncounted = ChangeSet.objects.filter(counts=None)
    if not uncounted.exists():
        return
    for model in tracked_models():
        rows = history_model_of(model)._base_manager.filter(
            change_set__in=uncounted.values("pk")
        )
        found = rows.values("change_set", "history_type").annotate(number=Count("pk"))
        counts: dict[int, ChangeCount] = {}
        for change_set, kind, number in found.order_by().values_list(
            "change_set", "history_type", "number"
        ):
            count = counts.setdefault(
                change_set,
                ChangeCount(change_set_id=change_set, model=model._meta.label_lower),
            )
            setattr(count, COUNTS[kind], number)
        ChangeCount.objects.bulk_create(counts.values())
