"""Import rows as the review shows them: filtered, paged, in words."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast, Lower
from django.http import QueryDict

from accounts.imports.checking import BITS, WHOLE_ROW
from accounts.imports.columns import COLUMNS
from accounts.imports.options import ImportOptions
from portal.models import ImportJob, ImportRow, Outcome

LEFT_OUT = "left-out"
REMARKED = "remarked"
LONGEST_SHOWN = 60
# More are no number of a row, whatever the file.
MOST_DIGITS = 8


@dataclass(frozen=True)
class Look:
    """What of a job's rows somebody wants to see."""

    show: str = ""
    field: str = ""
    text: str = ""

    @classmethod
    def at(cls, job: ImportJob, asked: QueryDict) -> "Look":
        """Those in error first of all, when nothing is asked for."""
        show = asked.get("show", "")
        known = {*Outcome.values, LEFT_OUT, REMARKED, "all"}
        if show not in known:
            show = Outcome.ERROR.value if job.error_count else "all"
        field = asked.get("field", "")
        return cls(
            show=show,
            field=field if field in COLUMNS else "",
            text=asked.get("q", "").strip()[:100].replace("\0", ""),
        )

    def rows(self, job: ImportJob) -> QuerySet[ImportRow]:
        rows = job.rows.order_by("number")
        if self.show == LEFT_OUT:
            rows = rows.filter(is_left_out=True)
        elif self.show == REMARKED:
            rows = rows.filter(remarks__isnull=False)
        elif self.show != "all":
            rows = rows.filter(outcome=self.show)
        if self.field:
            bit = BITS[self.field]
            rows = rows.alias(bit=F("fields").bitand(bit)).filter(bit__gt=0)
        return self._with_text(rows) if self.text else rows

    def _with_text(self, rows: QuerySet[ImportRow]) -> QuerySet[ImportRow]:
        """In any cell as it stands in the file, in the username, or as a number."""
        folded = Lower(Cast("cells", TextField()))
        found = Q(folded__contains=self.text.lower()) | Q(username__icontains=self.text)
        if self.text.isdecimal() and len(self.text) <= MOST_DIGITS:
            found |= Q(number=int(self.text))
        return rows.alias(folded=folded).filter(found)


@dataclass(frozen=True)
class ShownRow:
    """One import row for the template."""

    row: ImportRow
    label: str
    changes: list[tuple[str, str, str]]
    problems: list[tuple[str, str, str]]
    remarks: list[str]

    @property
    def may_go_in(self) -> bool:
        return self.row.outcome in ImportRow.WRITTEN


def shown(job: ImportJob, rows: list[ImportRow]) -> list[ShownRow]:
    options = ImportOptions.from_json(job.options)
    at = {c.column: n for n, c in enumerate(options.columns) if c.column}
    return [_shown(row, at) for row in rows]


def _shown(row: ImportRow, at: dict[str, int]) -> ShownRow:
    def cell(column: str) -> str:
        position = at.get(column)
        return row.cells[position] if position is not None else ""

    names = " ".join(filter(None, (cell("first_name"), cell("last_name"))))
    label = " · ".join(filter(None, (row.username or cell("username"), names)))
    if not at:
        label = row.username
    return ShownRow(
        row,
        label=_short(label),
        changes=_changes(row, at),
        problems=[
            (column, _short(cell(column)), text)
            for column, texts in sorted(row.problems.items(), key=_by_column)
            for text in texts
        ],
        remarks=row.remarks or [],
    )


def _changes(row: ImportRow, at: dict[str, int]) -> list[tuple[str, str, str]]:
    """(column, before, after); a new person has nothing before."""
    if row.changes:
        return [(c, _short(old), _short(new)) for c, (old, new) in row.changes.items()]
    if row.outcome != Outcome.CREATE:
        return []
    values = row.values or {}
    texts = {c: row.cells[n].strip() for c, n in at.items()}
    return [
        (column, "", _short(texts.get(column) or str(values[column])))
        for column in COLUMNS
        if column in values and values[column] not in (None, "")
    ]


def _by_column(found: tuple[str, Any]) -> int:
    if found[0] == WHOLE_ROW:
        return -1
    return COLUMNS.index(found[0]) if found[0] in COLUMNS else len(COLUMNS)


def _short(text: str) -> str:
    return text if len(text) <= LONGEST_SHOWN else f"{text[:LONGEST_SHOWN]}…"
