"""One table of all figures, for the terminal and for SECURITY.md."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

COLUMNS = ("Proof", "Size", "Outcome", "Figure", "Database")
BEGIN, END = "<!-- begin of the figures -->", "<!-- end of the figures -->"
# The worst outcome of a proof's tests is the proof's.
WORST = ("failed", "skipped", "passed")

Row = tuple[str, ...]


def rows_of(lines: Iterable[dict[str, Any]]) -> list[Row]:
    """A row for each figure, and one for a proof that gave none."""
    outcomes: dict[tuple[str, ...], list[str]] = {}
    figures: dict[tuple[str, ...], dict[str, str]] = {}
    for line in lines:
        proof = (line["proof"], line["size"], line["database"])
        if "outcome" in line:
            outcomes.setdefault(proof, []).append(line["outcome"])
        else:
            value = f"{_readable(line['value'])} {line['unit']}".strip()
            figures.setdefault(proof, {})[line["figure"]] = value
    return [
        (name, size, _worst(found), f"{figure}: {value}".strip(": "), database)
        for (name, size, database), found in outcomes.items()
        for figure, value in figures.get((name, size, database), {"": ""}).items()
    ]


def _worst(outcomes: list[str]) -> str:
    return min(outcomes, key=WORST.index)


def _readable(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def show(rows: list[Row]) -> None:
    table = Table(title="What the proofs found", title_justify="left")
    for column in COLUMNS:
        table.add_column(column)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def write(rows: list[Row], path: Path) -> None:
    """Between the two marks; where they are missing, at the end under a heading."""
    text = path.read_text() if path.exists() else "# Security\n"
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        before, after = f"{text.rstrip()}\n\n## Figures\n\n", "\n"
    path.write_text(f"{before}{BEGIN}\n{markdown(rows)}\n{END}{after}")


def markdown(rows: list[Row]) -> str:
    lines = [COLUMNS, ("---",) * len(COLUMNS), *rows]
    return "\n".join(f"| {' | '.join(map(_escaped, line))} |" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
