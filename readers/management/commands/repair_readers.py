"""One person, one Reader: find the users without one, and give them one."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Reader
from readers.querysets import users_without_reader


class Command(BaseCommand):
    help = (
        "List the users without a Reader, which a fixture or a write past Django left "
        "behind, and give each one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="only list them, write nothing"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        users = list(users_without_reader().order_by("pk"))
        if not users:
            self.stdout.write("Every user has a Reader.")
            return
        for user in users:
            self.stdout.write(
                f"  {user.get_username()}  {user.get_full_name()}".rstrip()
            )
        if options["dry_run"]:
            self.stdout.write(f"Users without a Reader: {len(users)}. Nothing written.")
            return
        with change_set(
            kind=ChangeSet.Kind.COMMAND,
            origin="repair_readers",
            reason="Each user has a Reader.",
        ):
            made = Reader.objects.create_missing(user.pk for user in users)
        self.stdout.write(self.style.SUCCESS(f"Readers made: {len(made)}."))
