"""How much a file may hold before it is refused."""

from dataclasses import dataclass

from portal.sheets.problems import SheetError
from portal.sheets.sheet import column_letter

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most; whatever exceeds one of these is refused, never cut.

    `parts` and `unpacked_bytes` are about the zip archive that an xlsx or ods file
    is, `elements` about the XML inside it, where a cell takes two or three: ordinary
    files come near only when empty cells were formatted down to the last row. `rows`
    counts rows with a value below the header.
    """

    bytes: int = 20 * MIB
    unpacked_bytes: int = 200 * MIB
    parts: int = 200
    elements: int = 8_000_000
    rows: int = 100_000
    columns: int = 64
    cell_characters: int = 10_000

    @property
    def last_row(self) -> int:
        """The lowest row of a worksheet on which a value may stand."""
        return self.rows + 1


def describe_bytes(count: int) -> str:
    return f"{count:,} bytes" if count < MIB else f"{count / MIB:,.1f} MiB"


def too_far(row: int, column: int, limits: Limits) -> SheetError:
    """For a value at this place of a worksheet, both counted from 1."""
    letters = column_letter(column - 1)
    if row > limits.last_row:
        message = (
            f"The worksheet reaches down to row {row:,} or further; at most "
            f"{limits.rows:,} rows below the header are read. Delete what stands far "
            "below the table, or split it."
        )
    else:
        message = (
            f"The worksheet reaches to column {letters} ({column:,}) or further; at "
            f"most {limits.columns:,} columns are read. Delete what stands far to the "
            "right of the table."
        )
    return SheetError.about(message, row, letters)


def too_much() -> SheetError:
    return SheetError.about(
        "The workbook holds more text and formatting than is read. Copy only the table "
        "into a new workbook."
    )
