"""The value of one cell of an xlsx worksheet."""

import datetime as dt
import re
from collections.abc import Sequence

from portal.sheets.archive import damaged
from portal.sheets.markup import Attributes
from portal.sheets.number_formats import Meaning
from portal.sheets.problems import quote
from portal.sheets.record import describe_error, describe_no_date, describe_rounded
from portal.sheets.rich_text import unescape
from portal.sheets.serial_dates import date_text, duration_text
from portal.sheets.shared_texts import SharedTexts, find_text
from portal.sheets.values import is_rounded, text_of

PLAIN_NUMBER = re.compile("0|[1-9][0-9]{0,14}")

type Read = tuple[str, str | None]


class CellValues:
    def __init__(
        self, texts: SharedTexts, meanings: Sequence[Meaning], *, from_1904: bool
    ) -> None:
        self._texts = texts
        self._from_1904 = from_1904
        self._dated = {
            str(style): meaning
            for style, meaning in enumerate(meanings)
            if meaning is not Meaning.NUMBER
        }

    def read(self, attributes: Attributes, value: str) -> Read:
        """Its text, and why no text can stand for it if so."""
        match attributes.get("t"):
            case "inlineStr" | "str":
                return unescape(value), None
            case "s":
                return find_text(self._texts, value), None
            case None | "n":
                return self._read_number(value.strip(), attributes.get("s"))
            case "b":
                return "" if not value else str(value != "0").lower(), None
            case "e":
                return "", describe_error(value.strip())
            case "d":
                return _iso_text(value), None
        raise damaged(f"it has a cell of the unknown kind {quote(attributes['t'])}")

    def _read_number(self, literal: str, style: str | None) -> Read:
        if style in self._dated:
            return self._read_date(literal, self._dated[style])
        if PLAIN_NUMBER.fullmatch(literal):
            return literal, None
        try:
            number = float(literal)
        except ValueError:
            return literal, None
        text = text_of(number)
        return text, describe_rounded(text) if is_rounded(number) else None

    def _read_date(self, literal: str, meaning: Meaning) -> Read:
        try:
            serial = float(literal)
            if meaning is Meaning.DURATION:
                text = duration_text(serial)
            else:
                text = date_text(serial, from_1904=self._from_1904)
        except (ValueError, OverflowError):
            # Also for infinity and what is no number, which have no days.
            return literal, None
        return (
            (text, None) if text is not None else (literal, describe_no_date(literal))
        )


def _iso_text(literal: str) -> str:
    try:
        return text_of(dt.datetime.fromisoformat(literal))
    except ValueError:
        return literal
