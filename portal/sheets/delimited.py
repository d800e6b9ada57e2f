"""Reads csv and tsv as a stream of rows."""

import csv
import io
from collections.abc import Iterator

from portal.sheets.delimiter import SEPARATOR_LINE, choose_delimiter, is_delimiter
from portal.sheets.encodings import TextFile
from portal.sheets.formats import SheetFormat
from portal.sheets.guard import unguard
from portal.sheets.limits import MIB
from portal.sheets.problems import SheetError, quote
from portal.sheets.quoting import find_quoting_fault, has_pairs
from portal.sheets.record import Record
from portal.sheets.sheet import WHOLE_ROW, column_letter
from portal.sheets.source import Source

SAMPLE_CHARACTERS = 64 * 1024
LONGEST_ROW = 2 * MIB


def open_delimited(file: TextFile, wanted: str | None) -> Source:
    if wanted is not None and not is_delimiter(wanted):
        raise SheetError.about(f"{quote(wanted)} is nothing that can separate cells.")
    with file.open() as text:
        sample = text.read(SAMPLE_CHARACTERS)
    separator = SEPARATOR_LINE.match(sample)
    found = separator[1] if separator else choose_delimiter(sample)
    delimiter = wanted or found
    return Source(
        SheetFormat.TSV if delimiter == "\t" else SheetFormat.CSV,
        lambda: _records(file, delimiter, has_separator_line=separator is not None),
        is_ragged=False,
        encoding=file.encoding,
        encoding_label=file.label,
        delimiter=delimiter,
        notices=file.notices,
        meter=file.meter,
    )


def _records(
    file: TextFile, delimiter: str, *, has_separator_line: bool
) -> Iterator[Record]:
    with file.open() as text:
        lines = _Lines(text)
        if has_separator_line:
            next(lines)
        while True:
            try:
                yield from _good_rows(lines, delimiter)
                return
            except csv.Error:
                yield _rescue(lines, delimiter)


def _good_rows(lines: "_Lines", delimiter: str) -> Iterator[Record]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    lines.start_row()
    for cells in reader:
        if any(cells):
            yield Record(lines.first, [unguard(cell) for cell in cells])
        lines.start_row()


def _rescue(lines: "_Lines", delimiter: str) -> Record:
    """Where its quotation marks are in pairs, a bad row ends with its line, and the
    next one can be read. Otherwise nobody knows where it ends."""
    row = "".join(lines.row)
    message, line, cell = find_quoting_fault(row, delimiter)
    refusal = SheetError.about(message, lines.first + line, column_letter(cell))
    if not has_pairs(row):
        raise refusal
    try:
        # What the module makes of it when it is not strict is the best guess.
        reader = csv.reader(io.StringIO(row, newline=""), delimiter=delimiter)
        cells = [unguard(cell) for cell in next(reader)]
    except csv.Error as error:
        raise refusal from error
    fault = f"In column {column_letter(cell)}: {message}"
    return Record(lines.first, cells, {WHOLE_ROW: fault})


class _Lines:
    """The lines of a file, and those of the row that is being read."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._count = self._length = 0
        self.first = 1
        self.row: list[str] = []

    def start_row(self) -> None:
        self.first = self._count + 1
        self.row.clear()
        self._length = 0

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        line = self._text.readline(LONGEST_ROW)
        if not line:
            raise StopIteration
        self._count += 1
        self._length += len(line)
        if self._length >= LONGEST_ROW:
            raise SheetError.about(
                f"The row has more than {LONGEST_ROW:,} characters. Look whether a "
                "quotation mark is missing in it.",
                self.first,
            )
        self.row.append(line)
        return line
