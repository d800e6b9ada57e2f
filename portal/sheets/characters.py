"""Finds what a cell must not hold: too much text, or what is no text at all."""

import re
from collections.abc import Iterator, Sequence

from portal.sheets.limits import Limits
from portal.sheets.problems import SheetError, quote

LOST = "\N{REPLACEMENT CHARACTER}"
NOT_TEXT = re.compile(f"[\0{LOST}\ud800-\udfff]")


def find_bad_cells(cells: list[str], limits: Limits) -> Iterator[tuple[int, str]]:
    """Index of each bad cell, and what is wrong with it."""
    longest = limits.cell_characters
    # Nearly all rows are short and clean, and are known to be so by one search.
    if sum(map(len, cells)) <= longest and not NOT_TEXT.search("".join(cells)):
        return
    for index, cell in enumerate(cells):
        if len(cell) > longest:
            yield (
                index,
                f"The text has {len(cell):,} characters; at most {longest:,} are read.",
            )
        elif found := NOT_TEXT.search(cell):
            yield index, _describe(found[0], cell)


def _describe(character: str, cell: str) -> str:
    if character == "\0":
        return f"{quote(cell)} holds a NUL character, which is no text. Remove it."
    if character == LOST:
        return (
            f"{quote(cell)} holds the sign for a character that was lost earlier. Type "
            "the right one."
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
