"""Django's `createsuperuser`, which says in history that it was that."""

from typing import Any

from django.contrib.auth.management.commands import createsuperuser

from portal.history.acts import Actor, acting
from portal.models import ChangeSet


class Command(createsuperuser.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        # No act around it all: it asks questions, and would keep everybody waiting.
        with acting(Actor(kind=ChangeSet.Kind.COMMAND, origin="createsuperuser")):
            super().handle(*args, **options)
