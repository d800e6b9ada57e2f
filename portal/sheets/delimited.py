"""Reads csv and tsv: which delimiter it is, and where a quotation mark went wrong."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

from portal.sheets.formats import SheetFormat
from portal.sheets.guard import unguard
from portal.sheets.problems import Problems
from portal.sheets.record import Record
from portal.sheets.sheet import column_letter

CANDIDATES = (",", ";", "\t", "|")
SAMPLE_ROWS = 20
SAMPLE_CHARACTERS = 64 * 1024
# Excel's own way to name the delimiter, on a line before the header.
SEPARATOR_LINE = re.compile(r"sep=([^\w\s\"']|\t)(?:\r\n|\r|\n|$)", re.IGNORECASE)
QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
LINE_END = re.compile(r"\r\n|\r|\n")


class DelimitedText:
    def __init__(self, text: str, format: SheetFormat, problems: Problems) -> None:
        separator = SEPARATOR_LINE.match(text)
        self._skipped_lines = 1 if separator else 0
        self._text = text[separator.end() :] if separator else text
        self._problems = problems
        self.delimiter = (
            separator[1] if separator else _choose_delimiter(self._text, format)
        )

    def records(self) -> Iterator[Record]:
        lines = io.StringIO(self._text, newline="")
        reader = csv.reader(lines, delimiter=self.delimiter, strict=True)
        while True:
            done = reader.line_num
            try:
                cells = next(reader, None)
            except csv.Error:
                self._add_quoting_problem(done)
                return
            if cells is None:
                return
            if not any(cells):
                continue
            yield Record(self._number(done), [unguard(cell) for cell in cells])

    def _number(self, lines_before: int) -> int:
        return lines_before + 1 + self._skipped_lines

    def _add_quoting_problem(self, lines_before: int) -> None:
        """The csv module only says that a row is wrong: find the place in it."""
        lines = islice(io.StringIO(self._text, newline=""), lines_before)
        start = sum(map(len, lines))
        for index, (at, end) in enumerate(_cells(self._text, start, self.delimiter)):
            message = self._fault(at, end)
            if message:
                row = self._number(lines_before) + _count_lines(self._text[start:at])
                self._problems.add(message, row, column_letter(index))
                break
        self._problems.raise_any()

    def _fault(self, at: int, end: int | None) -> str | None:
        if end is None:
            return (
                "A quotation mark opens here and is never closed. Close it; one that "
                'belongs to the text is written twice ("").'
            )
        if self._text[at] == '"' and not self._ends_cell(end):
            return (
                "Text follows the closing quotation mark of this cell. A quotation "
                'mark that belongs to the text is written twice ("").'
            )
        if end - at > csv.field_size_limit():
            return f"The text has {end - at:,} characters, which is far too many."
        return None

    def _ends_cell(self, end: int) -> bool:
        return end == len(self._text) or self._text[end] in (self.delimiter, "\r", "\n")


def _cells(text: str, at: int, delimiter: str) -> Iterator[tuple[int, int | None]]:
    """Where each cell starts and ends, up to one that never ends."""
    plain = re.compile(f"[^\r\n{re.escape(delimiter)}]*+")
    while at < len(text):
        pattern = QUOTED if text[at] == '"' else plain
        found = pattern.match(text, at)
        yield at, found.end() if found else None
        if not found:
            return
        at = found.end() + 1


def _count_lines(text: str) -> int:
    return len(LINE_END.findall(text))


def _choose_delimiter(text: str, format: SheetFormat) -> str:
    """The candidate that splits the header, and the rows after it in the same way."""
    own = format.delimiter or ","
    scores = {each: _score(text, each) for each in CANDIDATES}
    if format is SheetFormat.TSV and any(scores[own]):
        return own
    best = max(CANDIDATES, key=lambda each: scores[each])
    return best if any(scores[best]) else own


def _score(text: str, delimiter: str) -> tuple[int, int]:
    """How many of the first rows are as wide as the header, and how wide that is;
    nothing when the header is one cell."""
    rows = list(_sample(text, delimiter))
    widths = [len(cells) for cells in rows if any(cells)] or [*map(len, rows)]
    if not widths or widths[0] <= 1:
        return 0, 0
    return widths.count(widths[0]), widths[0]


def _sample(text: str, delimiter: str) -> Iterator[list[str]]:
    start = io.StringIO(text[:SAMPLE_CHARACTERS], newline="")
    reader = csv.reader(start, delimiter=delimiter, strict=True)
    try:
        yield from islice(reader, SAMPLE_ROWS)
    except csv.Error:
        return
