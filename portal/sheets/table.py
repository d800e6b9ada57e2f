"""Gives each row the shape of the table, and says what does not fit."""

from collections.abc import Iterable

from portal.sheets.characters import replace_bad_cells
from portal.sheets.limits import Limits
from portal.sheets.problems import quote
from portal.sheets.record import Record
from portal.sheets.sheet import WHOLE_ROW, SheetRow, column_letter
from portal.sheets.source import Source

MOST_QUOTED = 3


class Aligner:
    def __init__(self, source: Source, width: int, limits: Limits) -> None:
        self._width, self._limits = width, limits
        self._is_ragged = source.is_ragged
        self._encoding = source.encoding_label

    def align(self, record: Record) -> SheetRow:
        number, cells, faults = record
        missing = self._width - len(cells)
        if faults or missing < 0 or (missing and not self._is_ragged):
            return self._repair(record)
        if missing:
            cells = cells + [""] * missing
        return SheetRow(number, cells, self._replace(cells))

    def _repair(self, record: Record) -> SheetRow:
        number, cells, faults = record
        width = self._width
        kept = {index: fault for index, fault in faults.items() if index < width}
        surplus = [index for index in range(width, len(cells)) if cells[index]]
        surplus += [index for index in faults if index >= width]
        if surplus:
            kept.setdefault(WHOLE_ROW, self._describe_surplus(cells, surplus))
        elif len(cells) < width and not self._is_ragged:
            kept.setdefault(
                WHOLE_ROW,
                f"The row has {_count(cells)}, but the header {width:,}. A cell "
                "without a value needs its delimiter too.",
            )
        cells = cells[:width] + [""] * (width - len(cells))
        return SheetRow(number, cells, self._replace(cells) | kept)

    def _replace(self, cells: list[str]) -> dict[int, str]:
        return replace_bad_cells(cells, self._limits, self._encoding)

    def _describe_surplus(self, cells: list[str], surplus: list[int]) -> str:
        shown = ", ".join(_quote(cells[at : at + 1]) for at in surplus[:MOST_QUOTED])
        if not self._is_ragged:
            return (
                f"The row has {_count(cells)}, but the header only {self._width:,}: "
                f"{shown} would be lost. A text that contains the delimiter must stand "
                "in quotation marks."
            )
        letter = column_letter(surplus[0])
        return (
            f"Nothing names column {surplus[0] + 1} ({letter}), but {shown} stands in "
            "it. Name the column in the header row, or clear it."
        )


def _quote(cells: Iterable[str]) -> str:
    return quote("".join(cells) or "an error")


def _count(cells: list[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells):,} cells"
