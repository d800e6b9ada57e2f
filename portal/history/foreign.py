"""Tracks a model that is not ours to subclass, such as Django's Group."""

from typing import Any

from django.db import models
from simple_history import register

from portal.history.querysets import TrackedQuerySet
from portal.history.records import TrackedHistory
from portal.history.related import in_one_act


def track_foreign(model: type[models.Model], *, app: str, **options: Any) -> None:
    """Do for `model` what `TrackedModel` does for ours; `TrackedHistory`'s `options`.

    Its history belongs to the models of `app`: call this where they are defined, before
    anything has been written.
    """
    register(model, app=app, records_class=TrackedHistory, **options)
    for name in ("save", "delete"):
        setattr(model, name, in_one_act(getattr(model, name)))
    for manager in list(model._meta.local_managers):
        model._meta.local_managers.remove(manager)
        _recording(manager).contribute_to_class(model, manager.name)


def _recording(manager: Any) -> Any:
    """A manager like this one, whose querysets record."""
    known = type(manager)

    class RecordingManager(known.from_queryset(TrackedQuerySet)):  # type: ignore[misc]
        # The migrations of the other app know the manager that it had.
        def __eq__(self, other: object) -> bool:
            return isinstance(other, known)

        __hash__ = known.__hash__

    return RecordingManager()
