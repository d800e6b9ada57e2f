"""The base classes of tracked models and of their history rows."""

from typing import Any, ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from portal.history.acts import change_set
from portal.history.querysets import TrackedQuerySet


class HistoryRow(models.Model):
    """What every history row holds beside the copy of its object's fields."""

    change_set = models.ForeignKey(
        "portal.ChangeSet", on_delete=models.PROTECT, related_name="+"
    )
    relations = models.JSONField(
        _("relations"),
        default=dict,
        help_text=_("Field name → [[id, name as it was], …], ordered by id."),
    )

    class Meta:
        abstract = True


class TrackedModel(models.Model):
    """A model whose every write leaves one history row per changed object.

    Give the subclass `history = TrackedHistory()`. The row and the write share one
    transaction, whoever calls: an admin page, a command, the shell.
    """

    objects: ClassVar[Any] = TrackedQuerySet.as_manager()

    class Meta:
        abstract = True

    def save(self, *args: Any, **kwargs: Any) -> None:
        with change_set():
            super().save(*args, **kwargs)

    def delete(self, *args: Any, **kwargs: Any) -> tuple[int, dict[str, int]]:
        with change_set():
            return super().delete(*args, **kwargs)

    def complete(self) -> None:
        """What every write does first; bulk writes call it for each object."""
