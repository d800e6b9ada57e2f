"""Reads a whole file at once, for small files whose faults are to be told together."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePath
from tempfile import TemporaryDirectory

from portal.sheets.formats import SheetFormat
from portal.sheets.limits import DEFAULT_LIMITS, Limits
from portal.sheets.opening import OpenSheet, open_sheet
from portal.sheets.problems import MOST_PROBLEMS, SheetError, SheetProblem, quote
from portal.sheets.sheet import WHOLE_ROW, SheetRow, column_letter


@dataclass
class Sheet:
    """A table of text. The cells of every row stand in the order of `columns`."""

    columns: list[str]
    rows: list[SheetRow]
    format: SheetFormat
    encoding: str | None = None
    delimiter: str | None = None
    worksheet: str | None = None
    notices: list[str] = field(default_factory=list)


def read_sheet(data: bytes, filename: str, limits: Limits = DEFAULT_LIMITS) -> Sheet:
    """Read the whole table as text, or raise a `SheetError` that says what to correct.

    Nothing else is raised for a bad file, and nothing of it is dropped in silence:
    what a person should know all the same is in the sheet's `notices`.
    """
    with TemporaryDirectory() as folder:
        path = Path(folder) / "sheet"
        path.write_bytes(data)
        with open_sheet(path, filename, limits) as opened:
            return _read(opened, PurePath(filename).name)


def _read(opened: OpenSheet, name: str) -> Sheet:
    columns = opened.columns
    kept = [index for index, title in enumerate(columns) if title]
    problems: list[SheetProblem] = []
    rows: list[SheetRow] = []
    for row in opened.rows():
        problems += _problems(row, columns)
        if len(problems) >= MOST_PROBLEMS:
            break
        rows.append(SheetRow(row.number, [row.cells[index] for index in kept]))
    if problems:
        raise SheetError(problems[:MOST_PROBLEMS], name)
    return Sheet(
        [columns[index] for index in kept],
        rows,
        opened.format,
        encoding=opened.encoding_label or None,
        delimiter=opened.delimiter or None,
        worksheet=opened.worksheet or None,
        notices=opened.notices,
    )


def _problems(row: SheetRow, columns: list[str]) -> Iterator[SheetProblem]:
    for index, message in sorted(row.faults.items()):
        column = columns[index] or column_letter(index) if index != WHOLE_ROW else None
        yield SheetProblem(message, row.number, column)
    for index, title in enumerate(columns):
        if not title and row.cells[index]:
            yield SheetProblem(
                f"Nothing names column {index + 1} ({column_letter(index)}), but "
                f"{quote(row.cells[index])} stands in it. Name the column in the "
                "header row, or clear it.",
                row.number,
                column_letter(index),
            )
