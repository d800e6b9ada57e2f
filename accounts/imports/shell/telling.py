"""What came of an import, in words and as JSON."""

from collections.abc import Iterator
from io import StringIO
from typing import Any

from django.urls import reverse
from rich.console import Console
from rich.table import Table

from accounts.imports.checking import WHOLE_ROW
from accounts.imports.columns import COLUMNS
from accounts.imports.counting import NAMES
from accounts.imports.options import ImportOptions
from portal.models import ImportJob, Outcome
from portal.sheets import SheetProblem

# More than fit into a terminal; `--errors` and the pages have them all.
MOST_PROBLEMS = 100
ORDER = {column: n for n, column in enumerate((WHOLE_ROW, *COLUMNS))}


def address_of(job: ImportJob) -> str:
    """Leads to the step at which the job is, for its owner."""
    return reverse("admin:accounts_user_job_import", args=[job.pk])


def columns_told(job: ImportJob) -> Iterator[str]:
    for choice in ImportOptions.from_json(job.options).columns:
        if choice.title or choice.column:
            yield f"«{choice.title}» → {choice.column or 'not imported'}"


def summary(job: ImportJob) -> str:
    table = Table("Outcome", "Rows")
    table.columns[1].justify = "right"
    for outcome, count in counts(job).items():
        table.add_row(str(Outcome(outcome).label), f"{count:,}")
    text = StringIO()
    Console(file=text, width=80).print(table)
    return text.getvalue()


def conclusion(job: ImportJob) -> str:
    if job.state != ImportJob.State.DONE:
        if job.error_count:
            why = "rows were refused; --skip-errors writes the others"
        else:
            why = "this was a look; --commit writes"
        return (
            f"Nothing was written: {why}. What was looked at is kept for "
            f"{job.owner}: {address_of(job)}"
        )
    if job.change_set is None:
        return "Nothing was written: everything is already as the file says."
    return f"Written: {job.change_set}. To take it back: --undo {job.pk}"


def problems(job: ImportJob) -> Iterator[SheetProblem]:
    """One by one, as the rows stand in the file."""
    rows = job.rows.filter(outcome=Outcome.ERROR, is_left_out=False)
    for row in rows.order_by("number").iterator():
        for column, texts in sorted(row.problems.items(), key=_by_column):
            place = None if column == WHOLE_ROW else column
            for text in texts:
                yield SheetProblem(text, row.number, place)


def _by_column(problem: tuple[str, list[str]]) -> int:
    return ORDER.get(problem[0], len(ORDER))


def counts(job: ImportJob) -> dict[str, int]:
    return {outcome.value: getattr(job, name) for outcome, name in NAMES.items()}


def as_json(job: ImportJob) -> dict[str, Any]:
    return {
        "job": str(job.pk),
        "state": job.state,
        "change_set": job.change_set_id,
        "rows": counts(job),
        "problems": [
            {"row": each.row, "column": each.column, "message": each.message}
            for each in problems(job)
        ],
    }
