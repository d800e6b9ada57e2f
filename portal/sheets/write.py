"""Writes a table in any of the formats, so that reading it gives the same texts.

What a format cannot hold is refused by a `SheetError`. A row without any text and a
NUL character are written, but the reader skips the one and refuses the other.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Sequence

from portal.sheets.characters import refuse_unwritable
from portal.sheets.formats import SheetFormat
from portal.sheets.guard import guard
from portal.sheets.values import text_of
from portal.sheets.write_ods import write_ods
from portal.sheets.write_xlsx import write_xlsx

CHUNK = 64 * 1024
BYTE_ORDER_MARK = "\ufeff"
# A header with one of these inside would leave the reader in doubt.
DELIMITERS = re.compile("[,;|\t]")
HALF_CHARACTERS = re.compile("[\ud800-\udfff]")


def write_sheet(
    format: SheetFormat, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> bytes:
    """The whole file. Every value is written as text, the way the reader gives it."""
    if format.delimiter:
        return b"".join(stream_csv(format, columns, rows))
    texts = _texts(columns, rows)
    match format:
        case SheetFormat.XLSX:
            return write_xlsx(columns, texts)
        case SheetFormat.ODS:
            return write_ods(columns, texts)
    objects = [dict(zip(columns, row, strict=True)) for row in texts]
    return json.dumps(objects, ensure_ascii=False, indent=2).encode()


def stream_csv(
    format: SheetFormat, columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[bytes]:
    """A csv or tsv file in pieces. Excel takes it for UTF-8 because of its mark."""
    buffer = io.StringIO(newline="")
    buffer.write(BYTE_ORDER_MARK)
    delimiter = format.delimiter or ","
    writer = header = csv.writer(buffer, delimiter=delimiter)
    if any(DELIMITERS.search(column) for column in columns):
        header = csv.writer(buffer, delimiter=delimiter, quoting=csv.QUOTE_ALL)
    header.writerow(map(guard, columns))
    for row in _texts(columns, rows):
        writer.writerow(map(guard, row))
        if buffer.tell() >= CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def _texts(
    columns: Sequence[str], rows: Iterable[Sequence[object]]
) -> Iterator[list[str]]:
    refuse_unwritable(HALF_CHARACTERS, columns, 1, columns, "a file")
    for number, row in enumerate(rows, 2):
        if len(row) != len(columns):
            raise ValueError(f"Row {number} has {len(row)} of {len(columns)} cells.")
        texts = [text_of(value) for value in row]
        refuse_unwritable(HALF_CHARACTERS, texts, number, columns, "a file")
        yield texts
