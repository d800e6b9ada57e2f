"""One table of all figures, for the terminal and for SECURITY.md."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

BEGIN, END = "<!-- begin of the figures -->", "<!-- end of the figures -->"
# The worst outcome of a proof's tests is the proof's.
WORST = ("failed", "skipped", "passed")
ENDED = "its tests"

Row = tuple[str, ...]


def table_of(lines: Iterable[dict[str, Any]]) -> list[Row]:
    """The heads, then how each proof ended and its figures: a column a database."""
    cells: dict[tuple[str, str], dict[str, str]] = {}
    outcomes: dict[tuple[str, str], list[str]] = {}
    for line in lines:
        proof, database = line["proof"], line["database"]
        # Its own line comes first, whatever is told first.
        ended = cells.setdefault((proof, ENDED), {})
        if "outcome" in line:
            told = outcomes.setdefault((proof, database), [])
            told.append(line["outcome"])
            ended[database] = _ended(told, line["size"])
        else:
            value = f"{_readable(line['value'])} {line['unit']}".strip()
            cells.setdefault((proof, line["figure"]), {})[database] = value
    databases = list(dict.fromkeys(name for found in cells.values() for name in found))
    order = list(dict.fromkeys(proof for proof, _what in cells))
    return [
        ("Proof", "What", *databases),
        *(
            (proof, what, *(found.get(name, "") for name in databases))
            for proof in order
            for (of, what), found in cells.items()
            if of == proof
        ),
    ]


def _ended(outcomes: list[str], size: str) -> str:
    worst = min(outcomes, key=WORST.index)
    return worst if size == "full" else f"{worst} ({size})"


def _readable(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def show(table: list[Row]) -> None:
    shown = Table(title="What the proofs found", title_justify="left")
    for head in table[0]:
        shown.add_column(head)
    for row in table[1:]:
        shown.add_row(*row)
    Console().print(shown)


def write(table: list[Row], path: Path) -> None:
    """Between the two marks; where they are missing, at the end under a heading."""
    text = path.read_text() if path.exists() else "# Security\n"
    before, begin, rest = text.partition(BEGIN)
    _old, end, after = rest.partition(END)
    if not (begin and end):
        before, after = f"{text.rstrip()}\n\n## Figures\n\n", "\n"
    path.write_text(f"{before}{BEGIN}\n{markdown(table)}\n{END}{after}")


def markdown(table: list[Row]) -> str:
    lines = [table[0], ("---",) * len(table[0]), *table[1:]]
    return "\n".join(f"| {' | '.join(map(_escaped, line))} |" for line in lines)


def _escaped(cell: str) -> str:
    return cell.replace("|", "\\|")
