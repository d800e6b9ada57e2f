"""Rows whose bad cells are to be seen."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

# The texts of a row, and the positions of those that are marked.
type TextRow = tuple[list[str], Collection[int]]

# The same red in every format, light enough for black text.
MARK_COLOUR = "#FFC7CE"


@dataclass(frozen=True, slots=True)
class MarkedRow:
    """A row to write, of which the cells at the positions `marks`, from 0, stand out.
    An empty cell can be marked, too."""

    cells: Sequence[object]
    marks: Collection[int]
