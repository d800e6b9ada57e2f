"""Django's `loaddata`, which knows that history is not overwritten."""

from collections.abc import Sequence
from pathlib import PurePath
from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import loaddata

from portal.history import guard
from portal.history.acts import change_set
from portal.models import ChangeSet


class Command(loaddata.Command):
    """Records what a fixture changes, unless it brings the history of that itself.

    One with history loads only where there is none but the migrations' own. `migrate`
    writes the first change set itself, with the same keys as in the installation that
    the fixture is from. That one makes room.
    """

    has_made_room = False

    def loaddata(self, fixture_labels: Sequence[str]) -> None:
        with change_set(
            kind=ChangeSet.Kind.COMMAND,
            origin="loaddata",
            subject=", ".join(PurePath(label).name for label in fixture_labels),
            records_raw=True,
        ):
            super().loaddata(fixture_labels)

    def save_obj(self, obj: Any) -> bool:
        if not self.has_made_room and guard.guarded_models([type(obj.object)]):
            self.make_room()
            self.has_made_room = True
        return super().save_obj(obj)

    def make_room(self) -> None:
        if ChangeSet.objects.exclude(origin="migrate").exists():
            raise CommandError(
                "The fixture brings history, and this installation has its own, which "
                "is never overwritten. Load the fixture where only `migrate` has run, "
                "or leave the change sets and the history rows out of it."
            )
        with guard.unlocked("a fixture brings the migrations' history"):
            for model in guard.guarded_models():
                model._base_manager.all()._raw_delete(self.using)
