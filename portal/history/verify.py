"""Does history hold: is it complete, and as it was when it was sealed?"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from portal.history.chain import Break, breaks
from portal.history.completeness import Question, questions

# A table that is wrong throughout is told by its count, not by a million keys.
EXAMPLES = 100

OnStep = Callable[[str, int, int], None]


@dataclass
class Finding:
    """Something that is wrong, how often, and with what: `keys` are the first ones."""

    problem: str
    about: str
    count: int = 0
    keys: list[Any] = field(default_factory=list)

    def add(self, key: Any) -> None:
        self.count += 1
        if self.count <= EXAMPLES:
            self.keys.append(key)


def verify(
    *, expected_head: str = "", on_step: OnStep = lambda *_: None
) -> list[Finding]:
    """Everything that is wrong with history.

    `expected_head` is one that `seal_history --head` printed earlier. `on_step` hears
    what is being looked at, how far that is, and how far it goes.
    """
    found_in_chain = breaks(
        expected_head, lambda done, total: on_step("The chain of seals", done, total)
    )
    return [*_incomplete(on_step), *_gathered(found_in_chain)]


def _incomplete(on_step: OnStep) -> Iterator[Finding]:
    asked = list(questions())
    for number, question in enumerate(asked):
        on_step(f"{question.about} {question.problem}?", number, len(asked))
        if finding := _ask(question):
            yield finding


def _ask(question: Question) -> Finding | None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT key, COUNT(*) OVER () FROM ({question.sql}) found "
            f"ORDER BY key LIMIT {EXAMPLES}"
        )
        rows = cursor.fetchall()
    if not rows:
        return None
    keys = [key for key, _count in rows]
    return Finding(question.problem, question.about, rows[0][1], keys)


def _gathered(found: Iterable[Break]) -> Iterable[Finding]:
    findings: dict[tuple[str, str], Finding] = {}
    for one in found:
        what = (one.problem, one.about)
        findings.setdefault(what, Finding(*what)).add(one.key)
    return findings.values()
