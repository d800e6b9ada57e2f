"""For an administrator who is locked out, and has nobody above to ask."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.guards.sessions import reset_second_factor
from accounts.models import User


class Command(BaseCommand):
    help = (
        "Take away every second factor and recovery code of a person and end all "
        "their sessions. The next sign-in asks for a new factor where the rights need "
        "one."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            person = User.objects.get_by_natural_key(options["username"])
        except User.DoesNotExist:
            text = f"Nobody has the username «{options['username']}»."
            raise CommandError(text) from None
        count = reset_second_factor(None, person, reason="reset_second_factor")
        self.stdout.write(
            self.style.SUCCESS(
                f"{person.username}: {count} second factors removed, sessions ended."
            )
        )
