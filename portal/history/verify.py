"""Does history hold: is it complete?"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db import connection

from portal.history.completeness import Question, questions

# A table that is wrong throughout is told by its count, not by a million keys.
EXAMPLES = 100


@dataclass(frozen=True)
class Finding:
    """Something that is wrong, how often, and with what: `keys` are the first ones."""

    problem: str
    about: str
    count: int
    keys: list[Any]


def verify(on_step: Callable[[str, int, int], None] | None = None) -> list[Finding]:
    """Everything that is wrong with history; `on_step` hears name, number and total."""
    asked = list(questions())
    findings = []
    for number, question in enumerate(asked):
        if on_step:
            on_step(f"{question.about} {question.problem}?", number, len(asked))
        if finding := _ask(question):
            findings.append(finding)
    return findings


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
