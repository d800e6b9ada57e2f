"""The steps of an import in the process of a command, with a bar."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any

from django.core.management.base import CommandError
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from accounts.imports.choosing.recipes import usable_recipes
from accounts.imports.fixture import FIXTURE
from accounts.imports.fixture.reading import is_fixture
from accounts.imports.mapping.problems import problems_with
from accounts.imports.mapping.questions import SAMPLE_ROWS
from accounts.imports.options import ImportOptions
from accounts.imports.people import PEOPLE, limits
from accounts.imports.shell.wishes import Wishes, choose_options
from portal.imports.jobs import open_job, order_check, order_commit
from portal.imports.lease import OnProgress
from portal.imports.work import carry_on
from portal.models import ImportJob, ImportRecipe
from portal.sheets import Reading, SheetError, open_sheet

ORIGIN = "import_people"
START = 4096


def choose(
    path: Path, reading: Reading, wishes: Wishes, recipe_name: str | None, actor: Any
) -> dict[str, Any]:
    """What the job of this file is to have. Raises CommandError with what to say
    otherwise; nothing is kept until then."""
    recipe = _recipe(recipe_name, actor) if recipe_name else None
    if _is_fixture(path):
        if recipe_name or wishes != Wishes() or reading != Reading():
            raise CommandError(
                "A fixture says itself what it holds. Leave out what is about columns, "
                "rows and reading."
            )
        return {"format": FIXTURE}
    options, format = _options(path, reading, wishes, recipe)
    if problems := problems_with(options, actor):
        raise CommandError("\n".join(problems))
    said = {name: value for name, value in asdict(reading).items() if value}
    return {"format": format, "reading": said, "options": options.to_json()}


def check(path: Path, actor: Any, chosen: dict[str, Any]) -> ImportJob:
    """The job as it was looked at: it stays, to be gone on with."""
    with path.open("rb") as file:
        job = open_job(PEOPLE.target, owner=actor, file_name=path.name, file=file)
    job.update(**chosen)
    order_check(job, enqueue=False)
    _carry_on(job, "Checking")
    if job.state != ImportJob.State.READY:
        raise CommandError(job.error or f"{job}: {job.get_state_display()}.")
    return job


def commit(job: ImportJob, *, good_rows_only: bool, reason: str) -> None:
    """Raises CommandError when nothing was written; the job can be gone on with."""
    order_commit(
        job, good_rows_only=good_rows_only, reason=reason, origin=ORIGIN, enqueue=False
    )
    _carry_on(job, "Writing")
    if job.state != ImportJob.State.DONE:
        raise CommandError(job.error or f"{job}: {job.get_state_display()}.")


def _recipe(name: str, actor: Any) -> ImportOptions:
    recipes = usable_recipes(actor)
    try:
        return ImportOptions.from_json(recipes.get(name=name).options)
    except ImportRecipe.DoesNotExist as error:
        listed = ", ".join(f"«{each}»" for each in recipes) or "none"
        raise CommandError(
            f"{actor} may use no recipe «{name}». There are: {listed}."
        ) from error


def _is_fixture(path: Path) -> bool:
    try:
        with path.open("rb") as file:
            return is_fixture(file.read(START))
    except OSError as error:
        raise CommandError(f"{path} cannot be read: {error.strerror}.") from error


def _options(
    path: Path, reading: Reading, wishes: Wishes, recipe: ImportOptions | None
) -> tuple[ImportOptions, str]:
    try:
        with open_sheet(path, path.name, limits(), reading) as sheet:
            rows = [row.cells for row in islice(sheet.rows(), SAMPLE_ROWS)]
            samples = [[row[at] for row in rows] for at in range(len(sheet.columns))]
            options = choose_options(wishes, recipe, sheet.columns, samples)
            return options, sheet.format.value
    except SheetError as error:
        raise CommandError(str(error)) from error
    except ValueError as error:
        raise CommandError("\n".join(map(str, error.args))) from error


def _carry_on(job: ImportJob, title: str) -> None:
    with _bar(title) as on_progress:
        carry_on(job.pk, on_progress)
    job.refresh_from_db()


@contextmanager
def _bar(title: str) -> Iterator[OnProgress]:
    """Where a terminal shows it; on standard error, so that JSON stays JSON."""
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.fields[rows]}"),
        TimeRemainingColumn(),
        console=Console(stderr=True),
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task(title, total=None, rows="")

        def show(job: ImportJob) -> None:
            speed = bar.tasks[0].speed
            rate = f", {speed:,.0f} a second" if speed else ""
            bar.update(
                task,
                completed=job.done,
                total=job.total or None,
                rows=f"{job.done:,} rows{rate}",
            )

        yield show
