"""People from a file, in the shell: looks by default, writes with --commit."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import IntegrityError, transaction
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from accounts.imports.people import PEOPLE, read_people_file
from accounts.models import User
from portal.imports.jobs import (
    ImportFile,
    Outdated,
    count_outcomes,
    new_job,
    write_file,
)
from portal.imports.review import Outcome, Review
from portal.models import ImportJob
from portal.sheets import Limits, SheetError, SheetProblem

ORIGIN = "import_people"
MIB = 1024 * 1024
# Nobody waits at a browser for this: as many rows as a worksheet can have.
LIMITS = Limits(bytes=512 * MIB, unpacked_bytes=2048 * MIB, rows=1_048_576)


class Command(BaseCommand):
    help = (
        "Look at what a file of people (csv, tsv, xlsx, ods, json, or a Django "
        "fixture) would do, and with --commit do it: all of it, or nothing when a row "
        "is in error. The exit status is 1 when rows were refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--commit", action="store_true", help="write")
        parser.add_argument(
            "--actor",
            metavar="USERNAME",
            help="who imports, and whose rights are asked; needed to write",
        )
        parser.add_argument("--reason", default="", help="stands in the history")
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object, for machines"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        path, actor = options["file"], _actor(options["actor"])
        if options["commit"] and actor is None:
            raise CommandError("--commit needs --actor: say who imports.")
        try:
            data = path.read_bytes()
        except OSError as error:
            raise CommandError(f"{path} cannot be read: {error.strerror}.") from error
        try:
            file = read_people_file(data, path.name, LIMITS)
        except SheetError as error:
            self._tell(options, Review([]), error.problems)
            sys.exit(1)
        with _progress(file, "Checking"):
            review = file.check(actor)
        job = None
        if options["commit"] and not review.has_errors:
            job = _commit(file, review, data, path.name, actor, options["reason"])
        self._tell(options, review, _problems(review), job)
        if review.has_errors:
            sys.exit(1)

    def _tell(
        self,
        options: dict[str, Any],
        review: Review,
        problems: list[SheetProblem],
        job: ImportJob | None = None,
    ) -> None:
        if options["json"]:
            found = _as_json(review, problems, job)
            self.stdout.write(json.dumps(found, ensure_ascii=False, indent=2))
            return
        for text in (*review.notices, *review.warnings):
            self.stdout.write(text)
        for problem in problems:
            self.stderr.write(f"{options['file']}: {problem}")
        self.stdout.write(_summary(review))
        self.stdout.write(_conclusion(review, problems, job))


def _actor(username: str | None) -> Any:
    if username is None:
        return None
    try:
        actor = User.objects.get_by_natural_key(username)
    except User.DoesNotExist as error:
        raise CommandError(f"There is nobody called {username}.") from error
    if not actor.is_active:
        raise CommandError(f"{username} is not active.")
    if not actor.has_perm("accounts.import_user"):
        raise CommandError(f"{username} lacks the right «Can import people».")
    return actor


def _commit(
    file: ImportFile, review: Review, data: bytes, name: str, actor: Any, reason: str
) -> ImportJob:
    job = new_job(PEOPLE, owner=actor, file_name=name, data=data)
    count_outcomes(job, review)
    job.details = file.details()
    try:
        with transaction.atomic(), _progress(file, "Writing"):
            job.save(force_insert=True)
            write_file(file, job, actor=actor, reason=reason, origin=ORIGIN)
    except (Outdated, IntegrityError) as error:
        raise CommandError(
            "Nothing was written: people changed while the file was checked. Try again."
        ) from error
    job.refresh_from_db()
    return job


@contextmanager
def _progress(file: ImportFile, title: str) -> Iterator[None]:
    """A bar where a terminal shows it; on standard error, so that JSON stays JSON."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task(title, total=file.row_count)
        file.on_row = lambda: progress.advance(task)
        yield


def _problems(review: Review) -> list[SheetProblem]:
    return [problem for row in review.rows for problem in row.problems]


def _summary(review: Review) -> str:
    table = Table("Outcome", "Rows")
    table.columns[1].justify = "right"
    for outcome in Outcome:
        table.add_row(str(outcome.label), f"{review.counts[outcome]:,}")
    text = StringIO()
    Console(file=text, width=80).print(table)
    return text.getvalue()


def _conclusion(
    review: Review, problems: list[SheetProblem], job: ImportJob | None
) -> str:
    if problems:
        return "Nothing was written: the file has problems."
    if job is None:
        return "Nothing was written: this was a look. --commit writes."
    if job.change_set is None:
        return "Nothing was written: everything is already as the file says."
    return f"Written: {job.change_set}."


def _as_json(
    review: Review, problems: list[SheetProblem], job: ImportJob | None
) -> dict[str, Any]:
    return {
        "committed": job is not None,
        "change_set": job.change_set_id if job else None,
        "rows": {outcome.value: review.counts[outcome] for outcome in Outcome},
        "notices": review.notices,
        "warnings": review.warnings,
        "problems": [
            {"row": each.row, "column": each.column, "message": each.message}
            for each in problems
        ],
    }
