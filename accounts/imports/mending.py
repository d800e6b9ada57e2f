"""Rows changed by hand in the review: left out, taken in, or with another cell."""

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from accounts.imports.checking import Checker
from accounts.imports.clashes import find_clashes
from accounts.imports.counting import count_rows
from accounts.imports.naming import name_people
from accounts.imports.options import ImportOptions
from portal.imports.jobs import WrongState
from portal.imports.rows import add_rows
from portal.models import ImportJob, ImportRow
from portal.sheets import SheetRow


def leave_out(job: ImportJob, rows: QuerySet[ImportRow], *, is_left_out: bool) -> int:
    """Tells how many rows that changes; raises WrongState out of review."""
    with _mending(job):
        return (
            rows.filter(outcome__in=ImportRow.WRITTEN)
            .exclude(is_left_out=is_left_out)
            .update(is_left_out=is_left_out)
        )


def tick(job: ImportJob, shown: Collection[int], ticked: Collection[int]) -> int:
    """Of the rows that were shown, take in those that are ticked, leave out others."""
    with _mending(job):
        rows = job.rows.filter(number__in=shown, outcome__in=ImportRow.WRITTEN)
        taken_in = rows.filter(number__in=ticked, is_left_out=True)
        left_out = rows.exclude(number__in=ticked).filter(is_left_out=False)
        return taken_in.update(is_left_out=False) + left_out.update(is_left_out=True)


def fix(job: ImportJob, row: ImportRow, cells: Mapping[int, str], actor: Any) -> None:
    """Give the row other cells, by position, and check it again."""
    with _mending(job):
        texts = [cells.get(at, text) for at, text in enumerate(row.cells)]
        options = ImportOptions.from_json(job.options)
        checked = Checker(options, actor).check([SheetRow(row.number, texts)])
        job.rows.filter(pk=row.pk).delete()
        add_rows(job.pk, checked)
        name_people(job)


@contextmanager
def _mending(job: ImportJob) -> Iterator[None]:
    """What a row is, others may depend on, so the clashes are looked for anew."""
    with transaction.atomic():
        ready = ImportJob.objects.select_for_update().filter(
            pk=job.pk, state=ImportJob.State.READY
        )
        if not (mended := ready.first()):
            job.refresh_from_db()
            raise WrongState
        yield
        find_clashes(job)
        times = mended.details.get("mended", 0) + 1
        job.update(
            error="", details={**mended.details, "mended": times}, **count_rows(job)
        )
