"""Finds the row that names the columns, and how far the table reaches."""

from collections.abc import Iterable, Iterator
from itertools import islice

from portal.sheets.characters import clean
from portal.sheets.limits import Limits
from portal.sheets.problems import SheetError
from portal.sheets.record import Record
from portal.sheets.source import Source

BYTE_ORDER_MARK = "\ufeff"
SAMPLE_ROWS = 200
# A title such as «Members 2024» stands alone in its row, above a row of names.
MOST_TITLES = 3
FEWEST_NAMES = 3


def find_header(
    source: Source, limits: Limits, wanted: int | None
) -> tuple[int, list[str]]:
    """Its row as the file counts, and the titles by position; «» for a column without
    one in which values stand."""
    records = (each for each in source.records() if not each.is_blank)
    if wanted is None:
        first = [each for each in islice(records, MOST_TITLES + 2) if has_title(each)]
        if not first:
            raise SheetError.about(
                "The file holds no table. Its first row must name the columns."
            )
        place = _place_of_names(first)
        header, below = first[place], [*first[place + 1 :]]
    else:
        header, below = _skip_to(records, wanted), []
    return header.number, _titles(source, header, _chain(below, records), limits)


def _chain(first: list[Record], rest: Iterator[Record]) -> Iterator[Record]:
    yield from first
    yield from islice(rest, SAMPLE_ROWS)


def has_title(record: Record) -> bool:
    return bool(record.faults) or any(_title(cell) for cell in record.cells)


def _title(cell: str) -> str:
    return clean(cell.lstrip(BYTE_ORDER_MARK).strip())


def _place_of_names(first: list[Record]) -> int:
    """The first row, unless it is certain that it is a title."""
    for place, record in enumerate(first[: MOST_TITLES + 1]):
        names = [cell for cell in map(_title, record.cells) if cell]
        if len(names) != 1:
            are_names = len(set(names)) == len(names) >= FEWEST_NAMES
            follows = first[place + 1 : place + 2]
            continues = all(len([c for c in r.cells if c]) > 1 for r in follows)
            looks_so = are_names and continues and not any(map(_is_number, names))
            return place if looks_so else 0
    return 0


def _is_number(text: str) -> bool:
    return text.replace(".", "").replace(",", "").isdigit()


def _skip_to(records: Iterator[Record], wanted: int) -> Record:
    for record in records:
        if record.number == wanted and has_title(record):
            return record
        if record.number >= wanted:
            break
    raise SheetError.about(
        "This row was chosen to name the columns, but it has no text. Choose the row "
        "above the first person.",
        wanted,
    )


def _titles(
    source: Source, header: Record, below: Iterable[Record], limits: Limits
) -> list[str]:
    titles = [_title(cell)[: limits.cell_characters] for cell in header.cells]
    reach = _reach(titles)
    # In a text file, a value beyond the header's last delimiter is one too many.
    most = len(titles) if not source.is_ragged else limits.columns
    for record in below:
        if reach < len(record.cells):
            reach = max(reach, min(_reach(record.cells), most))
    if reach > limits.columns:
        raise SheetError.about(
            f"The file has {reach:,} columns; at most {limits.columns:,} are read.",
            header.number,
        )
    return titles[:reach] + [""] * (reach - len(titles))


def _reach(cells: list[str]) -> int:
    return next((at for at in range(len(cells), 0, -1) if cells[at - 1]), 0)
