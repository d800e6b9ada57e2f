"""What a file would do, row by row, so that a person can look before it is done."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from functools import cached_property

from portal.models import Outcome
from portal.sheets.problems import SheetProblem


@dataclass(frozen=True, slots=True)
class Change:
    """One value, as texts."""

    column: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class RowReview:
    """One row of the file and its outcome; a row in error shows no values."""

    number: int
    label: str
    outcome: str
    changes: list[Change] = field(default_factory=list)
    problems: list[SheetProblem] = field(default_factory=list)

    @property
    def outcome_label(self) -> str:
        return str(Outcome(self.outcome).label)


@dataclass
class Review:
    """A whole file. `notices` tell how it was read, `warnings` what to think about."""

    rows: list[RowReview]
    notices: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @cached_property
    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)

    @property
    def has_errors(self) -> bool:
        return self.counts[Outcome.ERROR] > 0

    @property
    def changes_anything(self) -> bool:
        return self.counts[Outcome.CREATE] + self.counts[Outcome.UPDATE] > 0

    @cached_property
    def digest(self) -> str:
        """Differs as soon as any row's outcome or any value in it does."""
        rows = json.dumps([asdict(row) for row in self.rows], sort_keys=True)
        return hashlib.sha256(rows.encode()).hexdigest()

    def with_outcome(self, outcome: str) -> list[RowReview]:
        return [row for row in self.rows if row.outcome == outcome]

    def to_json(self) -> str:
        return json.dumps(
            {
                "rows": [asdict(row) for row in self.rows],
                "notices": self.notices,
                "warnings": self.warnings,
            }
        )

    @classmethod
    def from_json(cls, text: str) -> "Review":
        stored = json.loads(text)
        return cls([_row(**row) for row in stored.pop("rows")], **stored)


def _row(
    *,
    changes: Iterable[dict[str, str]],
    problems: Iterable[dict[str, str]],
    **rest: str,
) -> RowReview:
    return RowReview(
        **rest,  # type: ignore[arg-type]
        changes=[Change(**change) for change in changes],
        problems=[SheetProblem(**problem) for problem in problems],  # type: ignore[arg-type]
    )
