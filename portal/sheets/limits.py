"""How much a file may hold before it is refused."""

from dataclasses import dataclass

from portal.sheets.problems import SheetError
from portal.sheets.sheet import column_letter

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What is read at most; whatever exceeds one of these is refused, never cut, but
    for the texts of cells: those are cut, and the row says so.

    `parts`, `unpacked_bytes` and `ratio` (how many times larger it may unpack) are
    about the zip archive that an xlsx or ods file is, `elements` about the XML inside
    it, where a cell takes two or three. `unpacked_bytes` also holds for the characters
    of all rows together, for a text may be used again and again. `rows` counts rows
    with a value below the header; `repeated` is how often an ods may say that one of
    them comes again, for a file of a few bytes can say «a million times». `seconds` run
    from opening to the last row.
    """

    bytes: int = 512 * MIB
    unpacked_bytes: int = 2048 * MIB
    ratio: int = 200
    parts: int = 200
    elements: int = 100_000_000
    rows: int = 1_048_576
    repeated: int = 1_000
    columns: int = 64
    cell_characters: int = 10_000
    seconds: int = 3600


DEFAULT_LIMITS = Limits()


def describe_bytes(count: int) -> str:
    return f"{count:,} bytes" if count < MIB else f"{count / MIB:,.1f} MiB"


def too_far(row: int, column: int, limits: Limits) -> SheetError:
    """For a value in this column of a worksheet; both are counted from 1."""
    letters = column_letter(column - 1)
    return SheetError.about(
        f"The worksheet reaches to column {letters} ({column:,}) or further; at most "
        f"{limits.columns:,} columns are read. Delete what stands far to the right of "
        "the table.",
        row,
        letters,
    )


def too_many_rows(limits: Limits) -> SheetError:
    return SheetError.about(
        f"The file has more than {limits.rows:,} rows below its header, which is the "
        "most that is read at once. Split it."
    )


def too_often(row: int, times: int, limits: Limits) -> SheetError:
    return SheetError.about(
        f"The same row stands here {times:,} times; at most {limits.repeated:,} are "
        "read. Delete the repetitions.",
        row,
    )


def too_much() -> SheetError:
    return SheetError.about(
        "The workbook holds more text and formatting than is read. Copy only the table "
        "into a new workbook."
    )
