"""Reads an xlsx worksheet as a stream of rows.

Read here rather than by python-calamine, which lays out every cell between the first
and the last in memory (1.2 GB for a million people; one value in the last cell would
end the process) and takes an error value for an empty cell. Looking through the file
for such places takes most of the time that reading it takes.
"""

import re
from collections.abc import Iterable, Iterator

from portal.sheets.archive import damaged
from portal.sheets.limits import Limits, too_far, too_much
from portal.sheets.markup import Attributes, feed_slowly, local_name, make_parser
from portal.sheets.problems import quote
from portal.sheets.record import NO_FAULTS, Record
from portal.sheets.rich_text import RichText
from portal.sheets.sheet import column_number
from portal.sheets.worksheet_cell import CellValues

PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ROW = re.compile(r"[1-9][0-9]{0,6}")


def read_worksheet(
    chunks: Iterable[bytes], values: CellValues, limits: Limits
) -> Iterator[Record]:
    reader = _Reader(values, limits)
    parser = make_parser()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text.pieces.append
    for _ in feed_slowly(parser, chunks):
        reader.text.trim()
        yield from reader.rows
        reader.rows.clear()


class _Reader:
    """This runs for every cell of every worksheet, hence the short cuts."""

    def __init__(self, values: CellValues, limits: Limits) -> None:
        self._values, self._limits = values, limits
        self._most_columns = limits.columns
        self._elements = 0
        self._row, self._row_digits = 0, ""
        self._column = 0
        self._cells: list[str] = []
        self._faults: dict[int, str] = {}
        self._cell: Attributes = {}
        self._value: str | None = None
        self._columns: dict[str, int] = {}
        self.text = RichText(limits.cell_characters)
        self.rows: list[Record] = []

    def start(self, name: str, attributes: Attributes) -> None:
        self._elements += 1
        if name == "c":
            self._cell = attributes
            self._value = None
            place = attributes.get("r")
            if place is None:
                self._column += 1
            else:
                letters = place.removesuffix(self._row_digits)
                column = self._columns.get(letters, 0)
                if column <= self._column or letters == place:
                    column = self._learn_column(place)
                self._column = column
        elif name == "t":
            self.text.start_run(attributes)
        elif name == "v":
            self.text.pieces.clear()
        elif name == "row":
            self._start_row(attributes)
        elif ":" in name:
            self._elements -= 1
            self.start(local_name(name), attributes)
        elif name != "is":
            self.text.start(name, attributes)

    def end(self, name: str) -> None:
        if name == "c":
            if self._value is not None:
                self._add_cell(self._cell, self._value)
        elif name == "t":
            self.text.end_run()
        elif name == "v":
            self._value = "".join(self.text.pieces)
        elif name == "is":
            self._value = self.text.take()
        elif name == "row":
            self._end_row()
        elif ":" in name:
            self.end(local_name(name))
        else:
            self.text.end(name)

    def _add_cell(self, attributes: Attributes, value: str) -> None:
        text, fault = self._values.read(attributes, value)
        if not text and fault is None:
            return
        column, cells = self._column, self._cells
        if column > self._most_columns:
            raise too_far(self._row, column, self._limits)
        if blanks := column - 1 - len(cells):
            cells.extend([""] * blanks)
        cells.append(text)
        if fault is not None:
            self._faults[column - 1] = fault

    def _start_row(self, attributes: Attributes) -> None:
        digits = attributes.get("r")
        if digits is not None and not ROW.fullmatch(digits):
            raise damaged(f"it has no row {quote(digits)}")
        number = int(digits) if digits else self._row + 1
        if number <= self._row:
            raise damaged(f"its row {number:,} does not stand in order")
        if self._elements > self._limits.elements:
            raise too_much()
        self._row, self._row_digits, self._column = number, str(number), 0

    def _end_row(self) -> None:
        if self._cells:
            self.rows.append(Record(self._row, self._cells, self._faults or NO_FAULTS))
            self._cells = []
            if self._faults:
                self._faults = {}
        if self._elements > self._limits.elements:
            raise too_much()

    def _move_to(self, place: str) -> None:
        letters = place.removesuffix(self._row_digits)
        column = self._columns.get(letters)
        if column is None or letters == place:
            column = self._learn_column(place)
        if column <= self._column:
            raise damaged(f"its cell {quote(place)} does not stand in order")
        self._column = column

    def _learn_column(self, place: str) -> int:
        found = PLACE.fullmatch(place)
        if not found or found[2] != self._row_digits:
            raise damaged(f"it has no cell {quote(place)} in row {self._row:,}")
        column = self._columns[found[1]] = column_number(found[1])
        if column <= self._column:
            raise damaged(f"its cell {quote(place)} does not stand in order")
        return column
