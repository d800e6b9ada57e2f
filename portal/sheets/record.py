"""A row as a format's reader finds it, before it is known what the columns are."""

from typing import NamedTuple

from portal.sheets.problems import quote

NO_FAULTS: dict[int, str] = {}


class Record(NamedTuple):
    """A row as found. `faults` says by index which cells hold what no text can
    stand for, as an error value, and why; their text is empty. `WHOLE_ROW` is the index
    of what is wrong with the row."""

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


def describe_no_date(shown: str) -> str:
    return (
        f"The cell is formatted as a date, but {quote(shown)} is no date from 1900 to "
        "9999. Correct the date, or format the cell as a number."
    )
