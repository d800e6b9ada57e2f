"""What a worker needs for ten times as many people."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.bench.bring_in import new_people, save
from tests.bench.memory import peak_memory
from tests.bench.timing import Ratio

FEW, MANY = 100_000, 1_000_000
TARGET = 1.5


def ratios() -> Iterator[Ratio]:
    with TemporaryDirectory() as folder:
        few, many = (
            peak_memory(save(Path(folder) / f"{n}.xlsx", new_people(1, n)))
            for n in (FEW, MANY)
        )
    what = f"memory of a worker at {MANY:,} rows : at {FEW:,}"
    yield Ratio(what, many, few, TARGET, unit="MB")
