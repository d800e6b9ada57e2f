"""Turns a cell as it stands in the file into what the column's widget reads."""

import re
from collections.abc import Callable

from accounts.imports.days import read_day
from accounts.imports.options import DATE_COLUMNS, ColumnChoice

Reader = Callable[[str], str]

# As many different texts as are kept; a file has fewer days than that.
MOST_KEPT = 50_000
FRACTION = re.compile(r"([0-9]+)\.0+")


def reader_of(choice: ColumnChoice) -> Reader | None:
    """What reads the cells of this column, or None where they are read as they stand.

    A reader raises ValueError with what would be accepted. It serves one file: it keeps
    what it has read.
    """
    if choice.column in DATE_COLUMNS:
        return _Kept(lambda text: _read_day(text, choice.day_order)).__getitem__
    if choice.column and (choice.digits or choice.drops_fraction):
        digits, drops_fraction = choice.digits, choice.drops_fraction
        return lambda text: read_number(text, digits, drops_fraction)
    return None


def read_number(text: str, digits: int, drops_fraction: bool) -> str:
    """The digits that a spreadsheet took for a number; any other text as it is."""
    number = text.strip()
    if drops_fraction and (found := FRACTION.fullmatch(number)):
        number = found.group(1)
    return number.zfill(digits) if is_all_digits(number) else text


def is_all_digits(text: str) -> bool:
    return text.isascii() and text.isdigit()


def _read_day(text: str, order: str) -> str:
    return read_day(text, order).isoformat() if text.strip() else ""


class _Kept(dict[str, str]):
    """Text → what was read from it. Asking a dict is all that most cells cost."""

    def __init__(self, read: Reader) -> None:
        super().__init__()
        self._read = read

    def __missing__(self, text: str) -> str:
        if len(self) >= MOST_KEPT:
            self.clear()
        self[text] = read = self._read(text)
        return read
