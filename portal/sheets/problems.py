"""What is wrong with a file, told so that a person finds the place."""

from collections.abc import Sequence
from dataclasses import dataclass

MOST_PROBLEMS = 100
LONGEST_QUOTE = 40


@dataclass(frozen=True, slots=True)
class SheetProblem:
    """One thing to correct. `row` is the number that the person sees in the file;
    `column` is the header, or the letter of a column that has none."""

    message: str
    row: int | None = None
    column: str | None = None

    @property
    def place(self) -> str:
        row = f"row {self.row:,}" if self.row is not None else ""
        column = f"column {self.column}" if self.column is not None else ""
        return ", ".join(filter(None, (row, column)))

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message


class SheetError(ValueError):
    """The file cannot be used. Nothing of it was read."""

    def __init__(self, problems: Sequence[SheetProblem], filename: str = "") -> None:
        super().__init__(problems)
        self.problems = list(problems)
        self.filename = filename

    @classmethod
    def about(
        cls, message: str, row: int | None = None, column: str | None = None
    ) -> "SheetError":
        return cls([SheetProblem(message, row, column)])

    def __str__(self) -> str:
        if len(self.problems) == 1:
            problem = self.problems[0]
            place = ", ".join(filter(None, (self.filename, problem.place)))
            return f"{place}: {problem.message}" if place else problem.message
        full = len(self.problems) >= MOST_PROBLEMS
        count = f"the first {MOST_PROBLEMS}" if full else str(len(self.problems))
        name = f"{self.filename}: " if self.filename else ""
        return "\n".join([f"{name}{count} problems", *map(str, self.problems)])


class Problems:
    """Collects problems while reading goes on, so that a person can correct many
    at once; gives up at `MOST_PROBLEMS`."""

    def __init__(self) -> None:
        self._found: list[SheetProblem] = []

    def add(
        self, message: str, row: int | None = None, column: str | None = None
    ) -> None:
        self._found.append(SheetProblem(message, row, column))
        if len(self._found) >= MOST_PROBLEMS:
            self.raise_any()

    def raise_any(self) -> None:
        if self._found:
            raise SheetError(sorted(self._found, key=lambda each: each.row or 0))


def quote(text: str) -> str:
    """A value from the file, fit to stand inside a message of one line."""
    shown = text if len(text) <= LONGEST_QUOTE else f"{text[:LONGEST_QUOTE]}…"
    return f"«{''.join(c if c.isprintable() else ascii(c)[1:-1] for c in shown)}»"
