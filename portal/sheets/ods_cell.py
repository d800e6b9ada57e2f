"""The value of one cell of an OpenDocument spreadsheet."""

import datetime as dt
import re
from dataclasses import dataclass, field

from portal.sheets.archive import damaged
from portal.sheets.markup import Attributes
from portal.sheets.ods_text import PARAGRAPH, paragraph_text
from portal.sheets.problems import quote
from portal.sheets.record import describe_error, describe_rounded
from portal.sheets.values import is_rounded, number_text, text_of

URN = "urn:oasis:names:tc:opendocument:xmlns:"
OFFICE, TABLE = f"{URN}office:1.0 ", f"{URN}table:1.0 "
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0 "
NUMBERS = {"float", "percentage", "currency"}
VALUE_TYPE, ERROR_TYPE = f"{OFFICE}value-type", f"{CALC}value-type"
COLUMNS_REPEATED = f"{TABLE}number-columns-repeated"
COUNT = re.compile("[1-9][0-9]{0,9}")
DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<days>\d+)D)?(?:T(?:(?P<hours>\d+)H)?(?:(?P<minutes>\d+)M)?"
    r"(?:(?P<seconds>\d+(?:\.\d+)?)S)?)?"
)


@dataclass(slots=True)
class OdsCell:
    """`pieces` are the texts found in it, each paragraph after a `PARAGRAPH`."""

    attributes: Attributes
    pieces: list[str] = field(default_factory=list)
    in_paragraph: bool = False
    length: int = 0

    def add(self, piece: str, longest: int) -> None:
        """One cell may be written as long as the file; what is far too long is cut,
        and seen to be too long."""
        if self.length <= longest:
            self.pieces.append(piece)
            self.length += len(piece)

    @property
    def repeated(self) -> int:
        return read_count(self.attributes, COLUMNS_REPEATED)

    def fault(self) -> str | None:
        """Why no text can stand for the cell, if so."""
        if self.attributes.get(ERROR_TYPE) == "error":
            return describe_error(self.shown_text())
        if self.attributes.get(VALUE_TYPE) in NUMBERS:
            literal = self._value("value")
            if _is_rounded(literal):
                return describe_rounded(literal)
        return None

    def text(self) -> str:
        match self.attributes.get(VALUE_TYPE):
            case None:
                return self.shown_text() if self.pieces else ""
            case "float" | "percentage" | "currency":
                return number_text(self._value("value"))
            case "boolean":
                return self._value("boolean-value")
            case "date":
                return _date_text(self._value("date-value"))
            case "time":
                return _time_text(self._value("time-value"))
        return self._value("string-value")

    def shown_text(self) -> str:
        paragraphs = "".join(self.pieces).split(PARAGRAPH)[1:]
        return "\n".join(map(paragraph_text, paragraphs))

    def _value(self, name: str) -> str:
        value = self.attributes.get(f"{OFFICE}{name}")
        return self.shown_text() if value is None else value


def _is_rounded(literal: str) -> bool:
    try:
        return is_rounded(float(literal))
    except ValueError:
        return False


def read_count(attributes: Attributes, name: str) -> int:
    """How often a row, a cell or a space is repeated."""
    literal = attributes.get(name)
    if literal is None:
        return 1
    if not COUNT.fullmatch(literal):
        raise damaged(f"something in it is repeated {quote(literal)} times")
    return int(literal)


def _date_text(literal: str) -> str:
    try:
        return text_of(dt.datetime.fromisoformat(literal))
    except ValueError:
        return literal


def _time_text(literal: str) -> str:
    found = DURATION.fullmatch(literal)
    if not found:
        return literal
    amounts = {
        unit: float(found[unit] or 0)
        for unit in ("days", "hours", "minutes", "seconds")
    }
    try:
        duration = dt.timedelta(**amounts)
    except OverflowError:
        return literal
    return text_of(-duration if found["sign"] else duration)
