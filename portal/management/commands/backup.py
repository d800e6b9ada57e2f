"""A backup of everything that the portal keeps, in one file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal.backup import BackupError, make_backup
from portal.backup.making import default_path, prune
from portal.backup.telling import progress_bar, size_of


class Command(BaseCommand):
    help = (
        "Write the database and the files that wait for an import or an export to one "
        "file, as of one moment, while the portal goes on. The file holds personal "
        "data and password hashes: keep it where nobody else can read it."
    )
    # A portal that something is wrong with needs a backup more than others.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "file",
            type=Path,
            nargs="?",
            help="where to (default: a name with the time, in BACKUP_DIR)",
        )
        parser.add_argument(
            "--keep",
            type=int,
            metavar="N",
            help="then remove all but the N newest of the backups beside it that were "
            "named by this command",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, keep = options["file"] or default_path(), options["keep"]
        if keep is not None and keep < 1:
            raise CommandError("--keep needs at least 1: the backup made now.")
        try:
            with progress_bar() as on_step:
                manifest = make_backup(path, on_step=on_step)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(
            f"{path}: {sum(manifest.rows.values()):,} rows of {len(manifest.rows)} "
            f"tables, {len(manifest.parts) - 1} waiting files, {size_of(path)}."
        )
        self.stdout.write(f"The head of history is {manifest.head or 'none'}.")
        if keep is not None:
            for old in prune(path.parent, keep=keep):
                self.stdout.write(f"Removed {old}.")
