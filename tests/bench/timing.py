"""Taking the time, and showing ratios."""

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True)
class Ratio:
    """One line of the report: how many times `other` something took."""

    what: str
    seconds: float
    other: float
    # The most that we want it to be; None where it is only told.
    target: float | None = None
    # Whether the target is the least instead.
    is_least: bool = False
    # Of both numbers: «MB», where memory is compared.
    unit: str = "s"

    @property
    def value(self) -> float:
        return self.seconds / self.other

    @property
    def verdict(self) -> str:
        if self.target is None:
            return ""
        is_met = (
            self.value >= self.target if self.is_least else self.value <= self.target
        )
        sign = "≥" if self.is_least else "≤"
        return f"{sign} {self.target:g} {'✓' if is_met else 'NOT MET'}"


def seconds(act: Callable[[], Any]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def quickest(act: Callable[[], Any], rounds: int = 15) -> float:
    """Seconds of the quickest round, after one that warms up."""
    act()
    return min(seconds(act) for _round in range(rounds))


def show(title: str, ratios: Iterable[Ratio]) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("what")
    for name in ("ratio", "target", "took", "against"):
        table.add_column(name, justify="right")
    for ratio in ratios:
        table.add_row(
            ratio.what,
            f"{ratio.value:.2f}",
            ratio.verdict,
            _readable(ratio.seconds, ratio.unit),
            _readable(ratio.other, ratio.unit),
        )
    Console().print(table)


def _readable(number: float, unit: str) -> str:
    if unit != "s":
        return f"{number:,.0f} {unit}"
    return f"{number:.2f} s" if number >= 1 else f"{number * 1000:.1f} ms"
