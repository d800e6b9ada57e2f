"""The queryset of tracked models: many rows written, each change recorded."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db import models

from portal.history.acts import change_set


class TrackedQuerySet(models.QuerySet):
    """A queryset whose bulk verbs record history.

    History is written set by set when the change set ends, so a thousand rows cost
    a few statements. Upserts (`update_conflicts`, `ignore_conflicts`) do not tell
    which rows they wrote, and are refused; so are updates of the key.
    """

    def update(self, **values: Any) -> int:
        if {"pk", self.model._meta.pk.name} & values.keys():
            raise ValueError(
                f"update on {self.model._meta.label} cannot give objects other keys: "
                "history would lose them."
            )
        with change_set() as act:
            act.touch(self.model, self.values_list("pk", flat=True))
            return super().update(**values)

    update.alters_data = True  # type: ignore[attr-defined]

    def bulk_create(
        self,
        objs: Iterable[Any],
        batch_size: int | None = None,
        ignore_conflicts: bool = False,
        update_conflicts: bool = False,
        update_fields: Collection[str] | None = None,
        unique_fields: Collection[str] | None = None,
    ) -> list[Any]:
        if ignore_conflicts or update_conflicts:
            raise ValueError(
                f"bulk_create on {self.model._meta.label} cannot record history for "
                "rows in conflict: find the existing rows first."
            )
        with change_set() as act:
            created = super().bulk_create(objs, batch_size=batch_size)
            act.touch(self.model, [obj.pk for obj in created])
            return created

    bulk_create.alters_data = True  # type: ignore[attr-defined]

    def bulk_update(self, *args: Any, **kwargs: Any) -> int:
        # It updates batch by batch, which is one act all the same.
        with change_set():
            return super().bulk_update(*args, **kwargs)

    bulk_update.alters_data = True  # type: ignore[attr-defined]

    def delete(self) -> tuple[int, dict[str, int]]:
        with change_set():
            return super().delete()

    delete.alters_data = True  # type: ignore[attr-defined]
    delete.queryset_only = True  # type: ignore[attr-defined]
