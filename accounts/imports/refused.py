"""The refused rows as a file, to be corrected and uploaded again."""

from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _

from accounts.imports.checking import WHOLE_ROW
from accounts.imports.options import ImportOptions
from portal.models import ImportJob, ImportRow, Outcome
from portal.sheets import WRITABLE, MarkedRow, SheetFormat, save_sheet

CHUNK = 1000


def format_of_refused(job: ImportJob) -> SheetFormat | None:
    """The format of the upload, or one that can hold the same; None for a fixture,
    whose objects depend on each other."""
    known = {each.value: each for each in SheetFormat}
    if job.format not in known:
        return None
    uploaded = known[job.format]
    return uploaded if uploaded in WRITABLE else SheetFormat.XLSX


def write_refused(job: ImportJob, target: IO[bytes]) -> SheetFormat:
    """Write the rows in error as they stood in the file, and last why.

    Ask `format_of_refused` first: where it is None, this raises ValueError. Memory
    does not grow with the rows.
    """
    format = format_of_refused(job)
    if format is None:
        raise ValueError(f"The refused rows of {job} are no table.")
    layout = _Layout(ImportOptions.from_json(job.options))
    save_sheet(target, format, layout.titles, layout.rows(job), has_reason=True)
    return format


class _Layout:
    """The file's columns, without the reasons of an earlier round, and the reason."""

    def __init__(self, options: ImportOptions) -> None:
        why = _("Why it was refused")
        titles = [choice.title for choice in options.columns]
        self._kept = [n for n, title in enumerate(titles) if title != why]
        self.titles = [*(titles[n] for n in self._kept), why]
        self._places = {
            choice.column: (place, choice.title)
            for place, choice in enumerate(options.columns[n] for n in self._kept)
            if choice.column
        }

    def rows(self, job: ImportJob) -> Iterator[MarkedRow]:
        refused = job.rows.filter(outcome=Outcome.ERROR, is_left_out=False)
        for row in refused.order_by("number").iterator(chunk_size=CHUNK):
            yield self._marked(row)

    def _marked(self, row: ImportRow) -> MarkedRow:
        problems = row.problems
        cells = [row.cells[n] for n in self._kept]
        marks = {self._places[c][0] for c in problems if c in self._places}
        why = "\n".join(
            f"{self._name_of(column)}{text}"
            for column, texts in sorted(problems.items(), key=self._place_of)
            for text in texts
        )
        return MarkedRow([*cells, why], marks)

    def _place_of(self, problem: tuple[str, list[str]]) -> int:
        """The row as a whole comes first; PostgreSQL keeps no order of its own."""
        place, _title = self._places.get(problem[0], (-1, ""))
        return place

    def _name_of(self, column: str) -> str:
        """As the file calls it, then a colon; nothing for the row as a whole."""
        if column == WHOLE_ROW:
            return ""
        _place, title = self._places.get(column, (0, ""))
        return f"{title or column}: "
