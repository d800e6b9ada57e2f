"""What a file turns into once it has been read."""

from dataclasses import dataclass, field

WHOLE_ROW = -1


@dataclass(slots=True)
class SheetRow:
    """One row with a value. `number` is where the person finds it in the file: the
    row of a worksheet, the line of a text file on which the row starts, the place
    of an object in a JSON list.

    `faults` says by the index of a cell what is wrong with it and what would be
    accepted, and by `WHOLE_ROW` what is wrong with the row. Its cells are given as
    well as they are known, and can be stored in any case: what is no text is U+FFFD.
    """

    number: int
    cells: list[str]
    faults: dict[int, str] = field(default_factory=dict)


def column_letter(index: int) -> str:
    """The name that a spreadsheet gives to the column at `index`, from 0: A, B … AA."""
    letters = ""
    index += 1
    while index:
        index, remainder = divmod(index - 1, 26)
        letters = chr(ord("A") + remainder) + letters
    return letters


def column_number(letters: str) -> int:
    """The column that a spreadsheet calls by these capital letters, from 1."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number
