"""Finds out what stands between two cells of a text file."""

import csv
import io
import re
from collections.abc import Iterator
from itertools import dropwhile, islice

CANDIDATES = (",", ";", "\t", "|")
SAMPLE_ROWS = 20
MOST_TITLE_LINES = 3
FEWEST_NAMES = 3
# Excel's own way to name the delimiter, on a line before the header.
SEPARATOR_LINE = re.compile(r"sep=([^\w\s\"']|\t)(?:\r\n|\r|\n|$)", re.IGNORECASE)
POSSIBLE = re.compile(r"[^\w\s\"']|\t| ")


def is_delimiter(text: str) -> bool:
    return POSSIBLE.fullmatch(text) is not None


def choose_delimiter(sample: str) -> str:
    """The candidate that splits the header, and the rows after it in the same way."""
    scores = {each: _score(sample, each) for each in CANDIDATES}
    return max(CANDIDATES, key=lambda each: scores[each])


def _score(sample: str, delimiter: str) -> tuple[int, int]:
    """How many of the first rows are as wide as the header, and how wide that is;
    nothing when the header is one cell."""
    widths = [len(cells) for cells in _rows(sample, delimiter) if any(cells)]
    if not widths:
        widths = [len(cells) for cells in _rows(sample, delimiter)]
    if not widths:
        return 0, 0
    width = widths[0] if widths[0] > 1 else _width_below_title(widths)
    return (widths.count(width), width) if width > 1 else (0, 0)


def _width_below_title(widths: list[int]) -> int:
    """A title is one cell, and it is one if all rows below it agree on their width."""
    below = list(dropwhile(lambda width: width == 1, widths))
    is_title = len(widths) - len(below) <= MOST_TITLE_LINES
    agree = len(below) > 1 and len(set(below)) == 1 and below[0] >= FEWEST_NAMES
    return below[0] if is_title and agree else 1


def _rows(sample: str, delimiter: str) -> Iterator[list[str]]:
    reader = csv.reader(
        io.StringIO(sample, newline=""), delimiter=delimiter, strict=True
    )
    try:
        yield from islice(reader, SAMPLE_ROWS)
    except csv.Error:
        return
