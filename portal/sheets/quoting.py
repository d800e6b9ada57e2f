"""Finds where in a row a quotation mark went wrong; csv only says that one did."""

import csv
import re
from collections.abc import Iterator
from typing import NamedTuple

QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')
LINE_END = re.compile(r"\r\n|\r|\n")


class QuotingFault(NamedTuple):
    """`line` and `cell` are counted from 0 within the row."""

    message: str
    line: int
    cell: int


def find_quoting_fault(row: str, delimiter: str) -> QuotingFault:
    for index, (at, end) in enumerate(_cells(row, delimiter)):
        message = _describe(row, at, end, delimiter)
        if message:
            return QuotingFault(message, len(LINE_END.findall(row[:at])), index)
    return QuotingFault("A quotation mark in this row stands in a wrong place.", 0, 0)


def has_pairs(row: str) -> bool:
    return row.count('"') % 2 == 0


def _describe(row: str, at: int, end: int | None, delimiter: str) -> str | None:
    if end is None:
        return (
            "A quotation mark opens here and is never closed. Close it; one that "
            'belongs to the text is written twice ("").'
        )
    if row[at] == '"' and end < len(row) and row[end] not in (delimiter, "\r", "\n"):
        return (
            "Text follows the closing quotation mark of this cell. A quotation "
            'mark that belongs to the text is written twice ("").'
        )
    if end - at > csv.field_size_limit():
        return f"The text has {end - at:,} characters, which is far too many."
    return None


def _cells(row: str, delimiter: str) -> Iterator[tuple[int, int | None]]:
    """Where each cell starts and ends, up to one that never ends."""
    plain = re.compile(f"[^\r\n{re.escape(delimiter)}]*+")
    at = 0
    while at < len(row):
        pattern = QUOTED if row[at] == '"' else plain
        found = pattern.match(row, at)
        yield at, found.end() if found else None
        if not found:
            return
        at = found.end() + 1
