"""Looks through an xlsx worksheet before it is read.

The library that reads it lays out every cell between the first and the last, in
memory that it takes without asking: one value in the last cell of a worksheet, or a
long text that many cells share, would end the process. It also takes an error value
for an empty cell. So places, lengths and errors are looked at here, as a stream.
"""

import re
from array import array
from collections.abc import Iterable

from portal.sheets.archive import damaged
from portal.sheets.limits import Limits, too_far, too_much
from portal.sheets.markup import Attributes, feed, local_name, make_parser
from portal.sheets.problems import quote
from portal.sheets.sheet import column_number

PLACE = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
ROW = re.compile(r"[1-9][0-9]{0,6}")
LONGEST_VALUE = 1000

type Errors = dict[int, dict[int, str]]


def measure_texts(chunks: Iterable[bytes], limits: Limits) -> array[int]:
    """The length of each text in the table that all cells share."""
    lengths = array("Q")

    def start(name: str, _attributes: Attributes) -> None:
        if local_name(name) == "si":
            lengths.append(0)
            if len(lengths) > limits.elements:
                raise too_much()

    def characters(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser = make_parser()
    parser.StartElementHandler = start
    parser.CharacterDataHandler = characters
    feed(parser, chunks)
    return lengths


def scan_worksheet(
    chunks: Iterable[bytes], text_lengths: array[int], limits: Limits
) -> Errors:
    """Raise when the worksheet exceeds the limits; return its error values by row
    and column, both counted from 0."""
    scan = _Scan(text_lengths, limits)
    parser = make_parser()
    parser.StartElementHandler = scan.start
    parser.CharacterDataHandler = scan.characters
    parser.CommentHandler = scan.refuse_hidden_text
    parser.StartCdataSectionHandler = scan.refuse_hidden_text
    feed(parser, chunks)
    scan.settle()
    return scan.errors


class _Scan:
    """A cell is settled when the next one starts: only then is its value complete.

    This runs for every cell of every worksheet, hence the short cuts.
    """

    def __init__(self, text_lengths: array[int], limits: Limits) -> None:
        self._text_lengths, self._limits = text_lengths, limits
        self._elements = self._characters = 0
        self._row, self._row_digits = 0, ""
        self._column, self._has_places = 0, False
        self._cell: Attributes = {}
        self._value: str | None = None
        self._columns: dict[str, int] = {}
        self.errors: Errors = {}

    def start(self, name: str, attributes: Attributes) -> None:
        self._elements += 1
        if name == "c":
            self._start_cell(attributes)
        elif name == "v" or name == "is":  # noqa: PLR1714
            self._value = ""
        elif name == "row":
            self._start_row(attributes)
        elif ":" in name:
            self.start(local_name(name), attributes)
        if self._elements > self._limits.elements:
            raise too_much()

    def characters(self, text: str) -> None:
        # Adding up a text of many megabytes would take for ever, and only short
        # values are looked at: a shared text's number, an error.
        if self._value is not None and len(self._value) < LONGEST_VALUE:
            self._value += text

    def refuse_hidden_text(self, *_: str) -> None:
        if self._value is not None:
            raise damaged("a value in it is written as no spreadsheet writes it")

    def settle(self) -> None:
        value, self._value = self._value, None
        if value is None:
            return
        row, column = self._position(self._cell.get("r"))
        if row > self._limits.last_row or column > self._limits.columns:
            raise too_far(row, column, self._limits)
        kind = self._cell.get("t")
        if kind == "s":
            self._count_characters(value)
        elif kind == "e":
            self.errors.setdefault(row - 1, {})[column - 1] = value.strip()

    def _start_row(self, attributes: Attributes) -> None:
        self.settle()
        digits = attributes.get("r")
        if digits is not None and not ROW.fullmatch(digits):
            raise damaged(f"it has no row {quote(digits)}")
        self._row = int(digits) if digits else self._row + 1
        self._row_digits = str(self._row)
        self._column, self._has_places = 0, False

    def _start_cell(self, attributes: Attributes) -> None:
        if self._value is not None:
            self.settle()
        self._cell = attributes
        self._column += 1
        if "r" in attributes:
            self._has_places = True
        elif self._has_places:
            raise damaged("a cell has no place, though others in its row have one")

    def _position(self, place: str | None) -> tuple[int, int]:
        if place is None:
            return self._row, self._column
        letters = place.removesuffix(self._row_digits)
        if letters in self._columns and letters != place:
            return self._row, self._columns[letters]
        found = PLACE.fullmatch(place)
        if not found:
            raise damaged(f"it has no cell {quote(place)}")
        letters, digits = found.groups()
        column = self._columns[letters] = column_number(letters)
        return int(digits), column

    def _count_characters(self, index: str) -> None:
        """A small file can use one long text in very many cells."""
        try:
            self._characters += self._text_lengths[int(index)]
        except (ValueError, IndexError, OverflowError) as error:
            raise damaged(f"it has no text {quote(index)}") from error
        if self._characters > self._limits.unpacked_bytes:
            raise too_much()
