"""Import rows as the review shows them: filtered, paged, in words."""

from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet, TextField
from django.db.models.functions import Cast, Lower
from django.http import QueryDict
from django.utils.html import escape

from accounts.imports.checking import BITS, WHOLE_ROW
from accounts.imports.columns import COLUMNS, KEY
from accounts.imports.options import ImportOptions
from portal.models import ImportJob, ImportRow, Outcome

LEFT_OUT = "left-out"
REMARKED = "remarked"
# The longest texts that are shown, the next where all rows would take too much room.
LENGTHS = (200, 100, 50, 20, 10)
# Messages say what would be accepted: they may be longer than what they are about.
LONGER = 4
# Bytes of HTML for the rows of a page, and what each tag around a text takes of them.
MOST_BYTES = 90_000
ROW_BYTES, TEXT_BYTES = 500, 25
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
            text=asked.get("q", "").strip()[:100],
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
    problems: list[tuple[str, str]]
    remarks: list[str]

    @property
    def may_go_in(self) -> bool:
        return self.row.outcome in ImportRow.WRITTEN


def shown(job: ImportJob, rows: list[ImportRow]) -> list[ShownRow]:
    """However long the texts are, the page stays small: each row's own shows more."""
    options = ImportOptions.from_json(job.options)
    at = {c.column: n for n, c in enumerate(options.columns) if c.column}
    page: list[ShownRow] = []
    for length in LENGTHS:
        page = [_Words(at, length).of(row) for row in rows]
        if sum(map(_bytes, page)) <= MOST_BYTES:
            break
    return page


@dataclass(frozen=True)
class _Words:
    """Puts rows in words; `at` is where each column's cell is."""

    at: dict[str, int]
    length: int

    def of(self, row: ImportRow) -> ShownRow:
        return ShownRow(
            row,
            label=self._label(row),
            changes=self._changes(row),
            problems=[
                (column, self._cut(text, LONGER))
                for column, texts in sorted(row.problems.items(), key=_by_column)
                for text in texts
            ],
            remarks=[self._cut(text, LONGER) for text in row.remarks or []],
        )

    def _label(self, row: ImportRow) -> str:
        if not self.at:
            return self._cut(row.username)
        username, *names = (
            row.cells[self.at[column]] if column in self.at else ""
            for column in (KEY, "first_name", "last_name")
        )
        parts = (row.username or username, " ".join(filter(None, names)))
        return self._cut(" · ".join(filter(None, parts)))

    def _changes(self, row: ImportRow) -> list[tuple[str, str, str]]:
        """(column, before, after); a new person has nothing before."""
        if row.changes:
            return [
                (column, self._cut(old), self._cut(new))
                for column, (old, new) in row.changes.items()
            ]
        if row.outcome != Outcome.CREATE:
            return []
        values = row.values or {}
        texts = {column: row.cells[n].strip() for column, n in self.at.items()}
        return [
            (column, "", self._cut(texts.get(column) or str(values[column])))
            for column in COLUMNS
            if column in values and values[column] not in (None, "")
        ]

    def _cut(self, text: str, times: int = 1) -> str:
        most = self.length * times
        return text if len(text) <= most else f"{text[:most]}…"


def _bytes(shown: ShownRow) -> int:
    """What the row takes in the page; one with problems shows no changes."""
    lines = [*shown.problems, *((text,) for text in shown.remarks)]
    lines += [] if shown.problems else shown.changes
    texts = [shown.label, *(text for line in lines for text in line if text)]
    return ROW_BYTES + sum(TEXT_BYTES + len(escape(text).encode()) for text in texts)


def _by_column(found: tuple[str, Any]) -> int:
    if found[0] == WHOLE_ROW:
        return -1
    return COLUMNS.index(found[0]) if found[0] in COLUMNS else len(COLUMNS)
