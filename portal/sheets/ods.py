"""Reads the first visible table of an OpenDocument spreadsheet.

Read here rather than by python-calamine, which loses tabs and line breaks inside a
cell, takes a division by zero for the number 0, and believes a file that says that a
row is repeated thousands of millions of times.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from portal.sheets.archive import PROTECTED, Archive
from portal.sheets.limits import Limits, too_far, too_much
from portal.sheets.markup import Attributes, feed, make_parser
from portal.sheets.ods_cell import OFFICE, TABLE, URN, OdsCell, read_count
from portal.sheets.ods_text import LINE_BREAK, PARAGRAPH, SPACE, TAB
from portal.sheets.package import notices_about
from portal.sheets.problems import SheetError
from portal.sheets.record import Record, Worksheet

STYLE, TEXT, DRAW = (f"{URN}{each}:1.0 " for each in ("style", "text", "drawing"))
# What stands in a table without belonging to its cells: comments, pictures, and
# tables inside these.
ASIDE = {f"{OFFICE}annotation", f"{TABLE}shapes", f"{DRAW}frame", f"{TABLE}table"}
ROWS_REPEATED = f"{TABLE}number-rows-repeated"
MANIFEST = "META-INF/manifest.xml"


def read_ods(archive: Archive, limits: Limits) -> Worksheet:
    if MANIFEST in archive and b"encryption-data" in archive.read(MANIFEST):
        raise SheetError.about(PROTECTED)
    reader = _Reader(limits)
    parser = make_parser(namespaces=True)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    feed(parser, archive.chunks("content.xml"))
    if reader.name is None:
        raise SheetError.about("The spreadsheet has no visible table.")
    notices = notices_about(reader.name, reader.visible_tables)
    return Worksheet(reader.name, notices, reader.records)


@dataclass
class _Row:
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


class _Reader:
    def __init__(self, limits: Limits) -> None:
        self.name: str | None = None
        self.records: list[Record] = []
        self.visible_tables = 0
        self._limits = limits
        self._hidden_styles: set[str] = set()
        self._style = ""
        self._in_table = False
        self._elements = self._characters = self._aside = 0
        self._row = _Row(0, 1)
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
            self._cell.pieces.append(text)

    def _start_style(self, attributes: Attributes) -> None:
        self._style = attributes.get(f"{STYLE}name", "")

    def _note_display(self, attributes: Attributes) -> None:
        if attributes.get(f"{TABLE}display") == "false":
            self._hidden_styles.add(self._style)

    def _start_table(self, attributes: Attributes) -> None:
        if attributes.get(f"{TABLE}style-name") in self._hidden_styles:
            return
        self.visible_tables += 1
        if self.name is None:
            self.name = attributes.get(f"{TABLE}name", "")
            self._in_table = True

    def _end_table(self) -> None:
        self._in_table = False

    def _start_row(self, attributes: Attributes) -> None:
        if self._in_table:
            self._row = _Row(self._row.last + 1, read_count(attributes, ROWS_REPEATED))

    def _end_row(self) -> None:
        row = self._row
        if not (self._in_table and row.cells):
            return
        self.records += [
            Record(number, row.cells.copy(), row.faults)
            for number in range(row.number, row.last + 1)
        ]

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
        self._check_reach(row.last, start + count)
        self._count_characters(len(text) * count * row.repeated)
        row.cells += [""] * row.blanks + [text] * count
        row.blanks = 0
        if fault:
            row.faults.update(dict.fromkeys(range(start, start + count), fault))

    def _check_reach(self, row: int, column: int) -> None:
        if row > self._limits.last_row or column > self._limits.columns:
            raise too_far(row, column, self._limits)

    def _count_characters(self, count: int) -> None:
        """A small file can say that a long text is repeated very often."""
        self._characters += count
        if self._characters > self._limits.unpacked_bytes:
            raise too_much()

    def _start_paragraph(self, _attributes: Attributes) -> None:
        if self._cell:
            self._cell.pieces.append(PARAGRAPH)
            self._cell.in_paragraph = True

    def _add_spaces(self, attributes: Attributes) -> None:
        count = read_count(attributes, f"{TEXT}c")
        self._count_characters(count)
        self.characters(SPACE * count)

    def _end_paragraph(self) -> None:
        if self._cell:
            self._cell.in_paragraph = False
