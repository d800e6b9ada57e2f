"""What a file plainly says, by readers that are not ours, and who told otherwise.

A damaged file may still be a good one that says something else: nobody can know that a
letter was another one. But then any reader sees the same rows.
"""

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from itertools import product

import openpyxl
from python_calamine import CalamineWorkbook

from portal.sheets.values import text_of

Row = tuple[str, ...]
UNREADABLE = "\ufffd"
ENCODINGS = ("utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32")


def tidy(cells) -> Row:
    """Without what means nothing: spaces around, and kinds of line ends."""
    return tuple("\n".join(text_of(each).split("\r\n")).strip() for each in cells)


def says(data: bytes, places: list[int], cells: Row) -> bool:
    """Whether a plain reading of the file has these cells at these places of a row."""
    return UNREADABLE not in "".join(cells) and any(
        tuple(row[at] if at < len(row) else "" for at in places) == cells
        for row in plain_rows(data)
    )


def plain_rows(data: bytes) -> set[Row]:
    rows = set()
    for reader in (from_text, from_json, from_calamine, from_openpyxl):
        # What it cannot read says nothing to this reader.
        with suppress(Exception):
            rows.update(map(tidy, reader(data)))
    return rows


def from_text(data: bytes) -> Iterator[list[str]]:
    if data.startswith(b"PK"):
        return
    for encoding, delimiter in product(ENCODINGS, ",;\t|"):
        # Where some bytes are no text, the other cells still are.
        text = data.decode(encoding, "replace")
        with suppress(csv.Error):
            yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)


def from_json(data: bytes) -> Iterator[list[object]]:
    for encoding in ENCODINGS:
        try:
            found = json.loads(data.decode(encoding), parse_float=str, parse_int=str)
        except ValueError:
            continue
        keys = dict.fromkeys(key for each in found for key in each)
        for each in found:
            yield [each.get(key, "") for key in keys]


def from_calamine(data: bytes) -> Iterator[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    for name in book.sheet_names:
        yield from book.get_sheet_by_name(name).to_python(nrows=2000)


def from_openpyxl(data: bytes) -> Iterator[tuple[object, ...]]:
    book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    for sheet in book:
        sheet.reset_dimensions()
        yield from sheet.iter_rows(max_row=2000, max_col=64, values_only=True)
