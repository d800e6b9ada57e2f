"""What it costs to bring people in, beside the stock stack and beside raw writes."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from accounts.models import User
from portal.admin.reverting import Order, plan_for, revert
from portal.history.sources import Source
from tests.bench.at_the_desk import USERNAME, somebody_saving
from tests.bench.bring_in import (
    Took,
    bring_in,
    changed_people,
    make_places,
    new_people,
    save,
)
from tests.bench.database import environment
from tests.bench.memory import peak_memory
from tests.bench.raw_rows import RawRows
from tests.bench.statistics import gather_statistics
from tests.bench.stock_process import stock_seconds
from tests.bench.timing import Ratio, seconds

PEOPLE, STOCK_PEOPLE = 100_000, 2_000
SAME, OTHERS, DURING = 1, 2, 3
NEW_TIMES, CHANGED_TIMES, UNCHANGED_TIMES = 30, 20, 40
RAW_SHARE, UNDO_TIMES = 0.4, 3
MOST_MB, LONGEST_WAIT = 300, 3.0


def ratios() -> Iterator[Ratio]:
    make_places()
    boss = User.objects.create_superuser("bench.boss")
    with TemporaryDirectory() as folder:
        at = Path(folder)
        stock = _stock(at)
        path = save(at / "new.xlsx", new_people(SAME, PEOPLE))
        new = _bring_in(path, boss)
        yield _against_stock("new people", stock["new"], new, NEW_TIMES)
        raw = seconds(RawRows(new.job.change_set).write)
        gather_statistics()
        others = _bring_in(save(at / "others.xlsx", new_people(OTHERS, PEOPLE)), boss)
        # Before the raw writes and after them, for tables get slower as they grow.
        commit = (new.commit + others.commit) / 2
        yield Ratio("raw writes : commit alone", raw, commit, RAW_SHARE, is_least=True)
        same = _bring_in(path, boss)
        yield _against_stock("unchanged", stock["unchanged"], same, UNCHANGED_TIMES)
        path = save(at / "changed.xlsx", changed_people(SAME, PEOPLE))
        changed = _bring_in(path, boss)
        yield _against_stock("changed", stock["changed"], changed, CHANGED_TIMES)
        undo = seconds(lambda: _undo(others, boss))
        yield Ratio("undo : commit", undo, others.commit, UNDO_TIMES)
        memory = peak_memory(at / "new.xlsx")
        yield Ratio("memory of a worker : 300 MB", memory, MOST_MB, 1, unit="MB")
        path = save(at / "during.xlsx", new_people(DURING, PEOPLE))
        yield Ratio(
            "another's longest save meanwhile : 3 s",
            _longest_wait(path, boss),
            LONGEST_WAIT,
            1,
        )


def _stock(at: Path) -> dict[str, float]:
    """Seconds for as many people as ours: what it takes for each does not fall."""
    files = {
        "new": new_people(SAME, STOCK_PEOPLE),
        "unchanged": new_people(SAME, STOCK_PEOPLE),
        "changed": changed_people(SAME, STOCK_PEOPLE),
    }
    paths = [save(at / f"stock-{name}.xlsx", each) for name, each in files.items()]
    scaled = [each * PEOPLE / STOCK_PEOPLE for each in stock_seconds(paths)]
    return dict(zip(files, scaled, strict=True))


def _against_stock(what: str, stock: float, ours: Took, target: float) -> Ratio:
    return Ratio(f"{what}: stock : check and commit", stock, ours.both, target, True)


def _bring_in(path: Path, owner: Any) -> Took:
    took = bring_in(path, owner)
    gather_statistics()
    return took


def _undo(took: Took, user: Any) -> None:
    """From the look to the end, as the page and its job do it together."""
    source = Source.of(took.job.change_set)
    digest = plan_for(user, source).digest
    revert(
        Order(source, user, digest, "By mistake", "bench", reverts=took.job.change_set)
    )


def _longest_wait(path: Path, owner: Any) -> float:
    User.objects.create_user(USERNAME)
    with somebody_saving(environment()) as longest:
        bring_in(path, owner)
    return longest[0]
