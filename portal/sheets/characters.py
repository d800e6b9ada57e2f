"""Finds what a cell must not hold: too much text, or what is no text at all."""

import re
from collections.abc import Sequence

from portal.sheets.limits import Limits
from portal.sheets.problems import SheetError, quote

LOST = "\N{REPLACEMENT CHARACTER}"
NOT_TEXT = re.compile(f"[\0{LOST}\ud800-\udfff]")
# How Python keeps a byte that is no character in the encoding of a text file.
BAD_BYTES = range(0xDC80, 0xDD00)


def clean(text: str) -> str:
    """What can be stored anywhere: each character that is none is a lost one."""
    return NOT_TEXT.sub(LOST, text)


def replace_bad_cells(
    cells: list[str], limits: Limits, encoding: str = ""
) -> dict[int, str]:
    """What is wrong with each bad cell, by its index. Their texts are made such that
    they can be stored. `encoding` is a text file's own, as people know it."""
    longest = limits.cell_characters
    # Nearly all rows are short and clean, and are known to be so by one search.
    if sum(map(len, cells)) <= longest and not NOT_TEXT.search("".join(cells)):
        return {}
    faults: dict[int, str] = {}
    for index, cell in enumerate(cells):
        if len(cell) > longest:
            faults[index] = (
                f"The text has more than {longest:,} characters, which is the most "
                "that is read. Shorten it."
            )
            cells[index] = clean(cell[:longest])
        elif found := NOT_TEXT.search(cell):
            cells[index] = clean(cell)
            faults[index] = _describe(found[0], cell, encoding)
    return faults


def _describe(character: str, cell: str, encoding: str) -> str:
    if character == "\0":
        return f"{quote(cell)} holds a NUL character, which is no text. Remove it."
    if character == LOST:
        return (
            f"{quote(cell)} holds the sign for a character that was lost earlier. Type "
            "the right one."
        )
    if encoding and ord(character) in BAD_BYTES:
        return (
            f"{quote(clean(cell))} holds the byte 0x{ord(character) - 0xDC00:02X}, "
            f"which is no character in {encoding}. Save the file as UTF-8, or choose "
            "the encoding that it has."
        )
    return f"{quote(cell)} holds half a character. Type it again."


def refuse_unwritable(
    pattern: re.Pattern[str],
    cells: Sequence[str],
    row: int,
    columns: Sequence[str],
    holder: str,
) -> None:
    """Raise when a cell has a character by `pattern`, which `holder` cannot hold."""
    if not pattern.search("".join(cells)):
        return
    for column, cell in zip(columns, cells, strict=True):
        if found := pattern.search(cell):
            raise SheetError.about(
                f"{quote(cell)} holds the character U+{ord(found[0]):04X}, which "
                f"{holder} cannot hold. Take it out, or choose another format.",
                row,
                column,
            )
