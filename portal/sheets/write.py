"""Writes a table in any of the formats, so that reading it gives the same texts.

What a format cannot hold is refused by a `SheetError`. A row without any text and a
NUL character are written, but the reader skips the one and refuses the other.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from typing import IO

from portal.sheets.characters import refuse_unwritable
from portal.sheets.formats import SheetFormat
from portal.sheets.guard import guard
from portal.sheets.marks import MarkedRow, TextRow
from portal.sheets.values import text_of
from portal.sheets.write_json import save_json
from portal.sheets.write_ods import save_ods
from portal.sheets.write_xlsx import save_xlsx

CHUNK = 64 * 1024
BYTE_ORDER_MARK = "\ufeff"
# A header with one of these inside would leave the reader in doubt.
DELIMITERS = re.compile("[,;|\t]")
HALF_CHARACTERS = re.compile("[\ud800-\udfff]")
WRITABLE = (
    SheetFormat.CSV,
    SheetFormat.TSV,
    SheetFormat.XLSX,
    SheetFormat.ODS,
    SheetFormat.JSON,
)

type Rows = Iterable[Sequence[object] | MarkedRow]


def save_sheet(
    target: IO[bytes],
    format: SheetFormat,
    columns: Sequence[str],
    rows: Rows,
    *,
    has_reason: bool = False,
) -> None:
    """Write row by row, in memory that does not grow with the rows; `target` must be
    able to seek.

    Every value is written as text, the way the reader gives it. What is marked stands
    out in a workbook alone, so a text must say it too: `has_reason` makes the last
    column wide, its lines wrapped. More rows than a worksheet of Excel can hold go on
    in a second one.
    """
    match format:
        case SheetFormat.CSV | SheetFormat.TSV:
            target.writelines(stream_csv(format, columns, rows))
        case SheetFormat.XLSX:
            save_xlsx(target, columns, _texts(columns, rows), has_reason=has_reason)
        case SheetFormat.ODS:
            save_ods(target, columns, _texts(columns, rows), has_reason=has_reason)
        case SheetFormat.JSON:
            save_json(target, columns, _texts(columns, rows))
        case _:
            raise ValueError(f"{format.label} is read only.")


def write_sheet(format: SheetFormat, columns: Sequence[str], rows: Rows) -> bytes:
    """A small file, whole."""
    target = io.BytesIO()
    save_sheet(target, format, columns, rows)
    return target.getvalue()


def stream_csv(
    format: SheetFormat, columns: Sequence[str], rows: Rows
) -> Iterator[bytes]:
    """A csv or tsv file in pieces. Excel takes it for UTF-8 because of its mark."""
    buffer = io.StringIO(newline="")
    buffer.write(BYTE_ORDER_MARK)
    delimiter = format.delimiter or ","
    writer = header = csv.writer(buffer, delimiter=delimiter)
    if any(DELIMITERS.search(column) for column in columns):
        header = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    header.writerow(map(guard, columns))
    for texts, _marks in _texts(columns, rows):
        writer.writerow(map(guard, texts))
        if buffer.tell() >= CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _texts(columns: Sequence[str], rows: Rows) -> Iterator[TextRow]:
    refuse_unwritable(HALF_CHARACTERS, columns, 1, columns, "a file")
    for number, row in enumerate(rows, 2):
        cells, marks = (
            (row.cells, row.marks) if isinstance(row, MarkedRow) else (row, ())
        )
        if len(cells) != len(columns):
            raise ValueError(f"Row {number} has {len(cells)} of {len(columns)} cells.")
        texts = [text_of(value) for value in cells]
        refuse_unwritable(HALF_CHARACTERS, texts, number, columns, "a file")
        yield texts, marks
