"""Turns what a format's reader found into columns and rows, whatever the format."""

import re
from collections.abc import Iterable, Iterator
from itertools import islice

from portal.sheets.characters import find_bad_cells
from portal.sheets.limits import Limits
from portal.sheets.problems import Problems, SheetError, quote
from portal.sheets.record import Record
from portal.sheets.sheet import SheetRow, column_letter

BYTE_ORDER_MARK = "\ufeff"
LOOSE = re.compile(r"[\s_]+")


def arrange(
    records: Iterable[Record], limits: Limits, problems: Problems, *, ragged: bool
) -> tuple[list[str], list[SheetRow]]:
    """The first record with a text is the header. `ragged` is for formats in which
    a row ends after its last value; elsewhere a short row has lost its delimiters.
    """
    rest = (record for record in records if not record.is_blank)
    header = next((r for r in rest if _has_title(r)), None)
    if header is None:
        problems.raise_any()
        raise SheetError.about(
            "The file holds no table. Its first row must name the columns."
        )
    table = _Table(header, limits, problems, ragged)
    rows = [table.take(record) for record in _limited(rest, limits)]
    problems.raise_any()
    return table.columns, rows


def _has_title(record: Record) -> bool:
    return bool(record.faults) or any(_title(cell) for cell in record.cells)


def _title(cell: str) -> str:
    return cell.lstrip(BYTE_ORDER_MARK).strip()


def _limited(records: Iterator[Record], limits: Limits) -> Iterator[Record]:
    for count, record in enumerate(records, 1):
        if count > limits.rows:
            raise _too_many_rows(records, limits)
        yield record


def _too_many_rows(uncounted: Iterator[Record], limits: Limits) -> SheetError:
    most = limits.rows * 10
    rows = limits.rows + 1 + sum(1 for _ in islice(uncounted, most))
    found = f"{rows:,}" if rows <= most else f"more than {most:,}"
    return SheetError.about(
        f"The file has {found} rows below its header; at most {limits.rows:,} are read "
        "at once. Split it."
    )


def _count(cells: list[str]) -> str:
    return "1 cell" if len(cells) == 1 else f"{len(cells):,} cells"


def _position(index: int) -> str:
    return f"column {index + 1} ({column_letter(index)})"


class _Table:
    """The header, and what must be true of each row below it."""

    def __init__(
        self, header: Record, limits: Limits, problems: Problems, ragged: bool
    ) -> None:
        self._limits, self._problems, self._ragged = limits, problems, ragged
        titles = [_title(cell) for cell in header.cells]
        while titles and not titles[-1]:
            titles.pop()
        if len(titles) > limits.columns:
            raise SheetError.about(
                f"The file has {len(titles):,} columns; at most "
                f"{limits.columns:,} are read.",
                row=header.number,
            )
        self._titles = titles
        self._kept = [index for index, title in enumerate(titles) if title]
        self._untitled = {i for i, title in enumerate(titles) if not title}
        self._reported: set[int] = set()
        self.columns = [titles[index] for index in self._kept]
        self._check_header(header)

    def take(self, record: Record) -> SheetRow:
        """The row, aligned with the columns. What is wrong goes to the problems."""
        number, cells, faults = record
        width = len(self._titles)
        for index, message in faults.items():
            self._problems.add(message, number, self._label(index))
        if len(cells) > width:
            self._check_surplus(number, cells)
        elif len(cells) < width:
            cells = self._fill(number, cells)
        self._check_characters(number, cells)
        if self._untitled:
            self._check_untitled(number, cells)
            return SheetRow(number, [cells[index] for index in self._kept])
        return SheetRow(number, cells[:width] if len(cells) > width else cells)

    def _label(self, index: int) -> str:
        title = self._titles[index] if index < len(self._titles) else ""
        return title or column_letter(index)

    def _check_header(self, header: Record) -> None:
        # JSON has keys, and no row that holds them.
        number = header.number or None
        for index, message in header.faults.items():
            self._problems.add(message, number, column_letter(index))
        for index, message in find_bad_cells(self._titles, self._limits):
            self._problems.add(message, number, column_letter(index))
        first: dict[str, int] = {}
        for index in self._kept:
            title = self._titles[index]
            earlier = first.setdefault(LOOSE.sub("", title.casefold()), index)
            if earlier != index:
                self._problems.add(
                    f"The header {quote(title)} of {_position(index)} stands above "
                    f"{_position(earlier)} already. Each may stand once.",
                    number,
                    column_letter(index),
                )

    def _check_surplus(self, number: int, cells: list[str]) -> None:
        width = len(self._titles)
        if self._ragged:
            self._check_untitled(number, cells)
            return
        surplus = [cell for cell in cells[width:] if cell]
        if surplus:
            self._problems.add(
                f"The row has {_count(cells)}, but the header only {width:,}: "
                f"{', '.join(map(quote, surplus[:3]))} would be lost. A text that "
                "contains the delimiter must stand in quotation marks.",
                number,
            )

    def _check_untitled(self, number: int, cells: list[str]) -> None:
        for index, cell in enumerate(cells):
            untitled = index >= len(self._titles) or index in self._untitled
            if cell and untitled and index not in self._reported:
                self._reported.add(index)
                self._problems.add(
                    f"Nothing names {_position(index)}, but {quote(cell)} stands in "
                    "it. Name the column in the header row, or clear it.",
                    number,
                    column_letter(index),
                )

    def _fill(self, number: int, cells: list[str]) -> list[str]:
        width = len(self._titles)
        if not self._ragged:
            self._problems.add(
                f"The row has {_count(cells)}, but the header {width:,}. A cell "
                "without a value needs its delimiter too.",
                number,
            )
        return cells + [""] * (width - len(cells))

    def _check_characters(self, number: int, cells: list[str]) -> None:
        for index, message in find_bad_cells(cells, self._limits):
            self._problems.add(message, number, self._label(index))
