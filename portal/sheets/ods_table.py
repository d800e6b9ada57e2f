"""The handlers that find the rows of one table in an OpenDocument spreadsheet."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from portal.sheets.limits import (
    Limits,
    too_far,
    too_many_rows,
    too_much,
    too_often,
)
from portal.sheets.markup import Attributes
from portal.sheets.ods_cell import OFFICE, TABLE, URN, OdsCell, read_count
from portal.sheets.ods_text import LINE_BREAK, PARAGRAPH, SPACE, TAB
from portal.sheets.record import Record

STYLE, TEXT, DRAW = (f"{URN}{each}:1.0 " for each in ("style", "text", "drawing"))
# What stands in a table without belonging to its cells: comments, pictures, and
# tables inside these.
ASIDE = {f"{OFFICE}annotation", f"{TABLE}shapes", f"{DRAW}frame", f"{TABLE}table"}
ROWS_REPEATED = f"{TABLE}number-rows-repeated"
STYLE_NAME = f"{TABLE}style-name"
MOST_TABLES = 10_000


@dataclass
class OdsRow:
    """`blanks` before a value become cells; those after the last one never do, and
    a row may have 16,000 of them."""

    number: int
    repeated: int
    cells: list[str] = field(default_factory=list)
    faults: dict[int, str] = field(default_factory=dict)
    blanks: int = 0

    @property
    def last(self) -> int:
        return self.number + self.repeated - 1

    def records(self) -> Iterator[Record]:
        for number in range(self.number, self.last + 1):
            yield Record(number, self.cells.copy(), self.faults)


class TableReader:
    """Reads the table at this place among those that are seen."""

    def __init__(self, place: int, limits: Limits) -> None:
        self.names: list[str] = []
        self.rows: list[OdsRow] = []
        self.is_done = False
        self._place = place
        self._depth = 0
        self._limits, self._longest = limits, limits.cell_characters
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._in_table = False
        self._elements = self._aside = 0
        self._row = OdsRow(0, 1)
        self._cell: OdsCell | None = None
        self._starts = self._start_handlers()
        self._ends = self._end_handlers()

    def _start_handlers(self) -> dict[str, Callable[[Attributes], None]]:
        return {
            f"{STYLE}style": self._start_style,
            f"{STYLE}table-properties": self._note_display,
            f"{TABLE}table": self._start_table,
            f"{TABLE}table-row": self._start_row,
            f"{TABLE}table-cell": self._start_cell,
            f"{TABLE}covered-table-cell": self._start_cell,
            f"{TEXT}p": self._start_paragraph,
            f"{TEXT}s": self._add_spaces,
            f"{TEXT}tab": lambda _: self.characters(TAB),
            f"{TEXT}line-break": lambda _: self.characters(LINE_BREAK),
        }

    def _end_handlers(self) -> dict[str, Callable[[], None]]:
        return {
            f"{TABLE}table": self._end_table,
            f"{TABLE}table-row": self._end_row,
            f"{TABLE}table-cell": self._end_cell,
            f"{TABLE}covered-table-cell": self._end_cell,
            f"{TEXT}p": self._end_paragraph,
        }

    def start(self, name: str, attributes: Attributes) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise too_much()
        if self._aside or (self._in_table and name in ASIDE):
            self._aside += 1
        elif handler := self._starts.get(name):
            handler(attributes)

    def end(self, name: str) -> None:
        if self._aside:
            self._aside -= 1
        elif handler := self._ends.get(name):
            handler()

    def characters(self, text: str) -> None:
        if self._cell and self._cell.in_paragraph and not self._aside:
            self._cell.add(text, self._longest)

    def _start_style(self, attributes: Attributes) -> None:
        self._style = attributes.get(f"{STYLE}name", "")

    def _note_display(self, attributes: Attributes) -> None:
        if attributes.get(f"{TABLE}display") == "false":
            self._hidden_styles.add(self._style)
            if len(self._hidden_styles) > MOST_TABLES:
                raise too_much()

    def _start_table(self, attributes: Attributes) -> None:
        self._depth += 1
        if self._depth > 1 or attributes.get(STYLE_NAME) in self._hidden_styles:
            return
        self._in_table = len(self.names) == self._place
        self.names.append(attributes.get(f"{TABLE}name", ""))
        if len(self.names) > MOST_TABLES:
            raise too_much()

    def _end_table(self) -> None:
        self._depth -= 1
        self.is_done = self.is_done or self._in_table
        self._in_table = False

    def _start_row(self, attributes: Attributes) -> None:
        if self._in_table:
            repeated = read_count(attributes, ROWS_REPEATED)
            self._row = OdsRow(self._row.last + 1, repeated)

    def _end_row(self) -> None:
        if self._in_table and self._row.cells:
            self._check_repetition(self._row)
            self.rows.append(self._row)

    def _check_repetition(self, row: OdsRow) -> None:
        if row.repeated > self._limits.rows:
            raise too_many_rows(self._limits)
        if row.repeated > self._limits.repeated:
            raise too_often(row.number, row.repeated, self._limits)

    def _start_cell(self, attributes: Attributes) -> None:
        if self._in_table:
            self._cell = OdsCell(attributes)

    def _end_cell(self) -> None:
        cell, self._cell = self._cell, None
        if cell is None:
            return
        row, count = self._row, cell.repeated
        fault = cell.fault()
        text = "" if fault else cell.text()
        if not (text or fault):
            row.blanks += count
            return
        start = len(row.cells) + row.blanks
        if start + count > self._limits.columns:
            raise too_far(row.last, start + count, self._limits)
        row.cells += [""] * row.blanks + [text] * count
        row.blanks = 0
        if fault:
            row.faults.update(dict.fromkeys(range(start, start + count), fault))

    def _start_paragraph(self, _attributes: Attributes) -> None:
        if self._cell:
            self._cell.add(PARAGRAPH, self._longest)
            self._cell.in_paragraph = True

    def _add_spaces(self, attributes: Attributes) -> None:
        count = read_count(attributes, f"{TEXT}c")
        self.characters(SPACE * min(count, self._longest + 1))

    def _end_paragraph(self) -> None:
        if self._cell:
            self._cell.in_paragraph = False
