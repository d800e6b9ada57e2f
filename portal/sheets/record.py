"""A row as a format's reader finds it, before it is known what the columns are."""

from collections.abc import Iterable
from typing import NamedTuple

from portal.sheets.problems import quote

NO_FAULTS: dict[int, str] = {}


class Record(NamedTuple):
    """A row as found. `faults` says by index which cells hold what no text can
    stand for, as an error value, and why; their text is empty."""

    number: int
    cells: list[str]
    faults: dict[int, str] = NO_FAULTS

    @property
    def is_blank(self) -> bool:
        return not (any(self.cells) or self.faults)


def describe_error(shown: str) -> str:
    return (
        f"The cell shows the error {quote(shown)}. Correct its formula, or put a value "
        "in its place."
    )


def describe_rounded(shown: str) -> str:
    return (
        f"A spreadsheet keeps 15 digits of a number, and {quote(shown)} has more: the "
        "last ones may be wrong. Format the cell as text and type the number again."
    )


class Worksheet(NamedTuple):
    """What was found in a workbook: the one worksheet that is read."""

    name: str
    notices: list[str]
    records: Iterable[Record]
