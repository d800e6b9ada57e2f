"""Drops old versions by policy: looks by default, writes with --commit."""

from datetime import date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from portal.history.redaction import prune, superseded


class Command(BaseCommand):
    help = (
        "Drop the versions that were no longer in force on a day; what was in force "
        "then stays. Says first how many; --commit drops them. The pruning stands in "
        "the history itself, and the chain of seals still verifies."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--before", type=date.fromisoformat, required=True, metavar="YYYY-MM-DD"
        )
        parser.add_argument("--commit", action="store_true", help="write")
        parser.add_argument(
            "--reason", default="", help="stands in the history; needed to write"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day: date = options["before"]
        if day > timezone.localdate():
            raise CommandError(f"{day} is not over yet. Give a day up to today.")
        zone = timezone.get_current_timezone()
        before = datetime.combine(day, time.min, zone)
        if not options["commit"]:
            self.look(before)
            return
        if not options["reason"].strip():
            raise CommandError("--commit needs --reason: say by which rule.")
        dropped = prune(before, reason=options["reason"])
        self.stdout.write(self.style.SUCCESS(f"Versions dropped: {dropped:,}."))

    def look(self, before: datetime) -> None:
        for rows in superseded(before):
            if count := rows.count():
                name = rows.model.instance_type._meta.verbose_name_plural
                self.stdout.write(f"  {count:,} of {name}")
        self.stdout.write("Nothing written; --commit drops these versions.")
