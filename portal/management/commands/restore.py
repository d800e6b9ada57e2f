"""Brings a backup back: looks with --check, and acts without."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backup import BackupError, look, restore
from portal.backup.telling import manifest_table, progress_bar


class Command(BaseCommand):
    help = (
        "Put a backup in the place of the database: all of it, or nothing. It is "
        "verified before, and prepared aside; older ones are migrated. Nobody stays "
        "signed in. The portal must not run meanwhile."
    )
    # There may be no database yet, or none that passes.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--check",
            action="store_true",
            help="say what the backup holds and whether it could be restored here; "
            "the exit status is 1 when not",
        )
        parser.add_argument(
            "--replace",
            action="store_true",
            help="also where people are in the database; a backup of what is there is "
            "made before",
        )
        parser.add_argument(
            "--accept-findings",
            action="store_true",
            help="also when `verify_history` finds something wrong in the backup",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            if options["check"]:
                self.look(options)
            else:
                self.restore(options)
        except BackupError as error:
            raise CommandError(str(error)) from error

    def look(self, options: dict[str, Any]) -> None:
        with progress_bar() as on_step:
            manifest, obstacles = look(
                options["file"], replace=options["replace"], on_step=on_step
            )
        self.stdout.write(manifest_table(manifest))
        for obstacle in obstacles:
            self.stderr.write(obstacle)
        if obstacles:
            sys.exit(1)
        self.stdout.write("It is whole, and could be restored. Nothing was written.")

    def restore(self, options: dict[str, Any]) -> None:
        with progress_bar() as on_step:
            restored = restore(
                options["file"],
                replace=options["replace"],
                accept_findings=options["accept_findings"],
                on_step=on_step,
            )
        if restored.kept:
            self.stdout.write(f"What was there before is in {restored.kept}.")
        self.stdout.write(
            self.style.SUCCESS(
                f"Restored as of {restored.manifest.made_at}. The head of history is "
                f"{restored.manifest.head or 'none'}."
            )
        )
