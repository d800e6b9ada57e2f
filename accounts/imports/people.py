"""People in a file, as `portal.imports.jobs` wants them: a spreadsheet or a fixture."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from tablib import Dataset

from accounts.imports.columns import COLUMNS, KEY, match_columns
from accounts.imports.fixture.people import PeopleFixture
from accounts.imports.fixture.reading import is_fixture, read_objects
from accounts.resources import PersonResource
from portal.imports.jobs import ImportFile, ImportKind
from portal.imports.review import Outcome, Review, RowReview
from portal.sheets import Limits, Sheet, SheetProblem, SheetRow, read_sheet
from portal.sheets.limits import MIB

NAME_CHARACTERS = 150
# The page keeps the whole file in memory while somebody waits.
MOST_BYTES = 20 * MIB
OUTCOMES = {
    "new": Outcome.CREATE,
    "update": Outcome.UPDATE,
    "skip": Outcome.UNCHANGED,
    "invalid": Outcome.ERROR,
}


class PeopleSheet:
    """A spreadsheet, one person per row."""

    records_raw = False

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self._columns = match_columns(sheet)
        self.row_count = len(sheet.rows)
        self.on_row: Callable[[], None] = lambda: None

    def check(self, actor: Any) -> Review:
        return self._run(actor, dry_run=True)

    def write(self, actor: Any) -> Review:
        return self._run(actor, dry_run=False)

    def details(self) -> dict[str, Any]:
        return {}

    def _run(self, actor: Any, *, dry_run: bool) -> Review:
        rows = self._sheet.rows
        resource = PersonResource(actor)
        resource.on_row = self.on_row
        result = resource.import_data(
            Dataset(*(row.cells for row in rows), headers=self._columns),
            dry_run=dry_run,
            row_numbers=[row.number for row in rows],
        )
        at = self._columns.index(KEY)
        return Review(
            [
                _review(row, row.cells[at], done)
                for row, done in zip(rows, result.rows, strict=True)
            ],
            notices=[describe(self._sheet), *self._sheet.notices],
        )


def read_people(data: bytes, file_name: str) -> ImportFile:
    """For the pages, which check and commit while somebody waits."""
    limits = Limits(bytes=MOST_BYTES, rows=settings.IMPORT_MAX_ROWS)
    return read_people_file(data, file_name, limits)


def read_people_file(data: bytes, file_name: str, limits: Limits) -> ImportFile:
    """Raises SheetError when the file cannot be used."""
    if is_fixture(data):
        return PeopleFixture(read_objects(data, limits))
    return PeopleSheet(read_sheet(data, file_name, limits))


PEOPLE = ImportKind(target="accounts.user", read=read_people)


def describe(sheet: Sheet) -> str:
    """How the file was understood, so that a wrong guess is seen."""
    parts = [sheet.format.label]
    if sheet.worksheet:
        parts.append(_("worksheet «%s»") % sheet.worksheet)
    if sheet.encoding:
        parts.append(sheet.encoding)
    if sheet.delimiter:
        names = {",": _("comma"), ";": _("semicolon"), "\t": _("tab")}
        name = names.get(sheet.delimiter, sheet.delimiter)
        parts.append(_("separated by %s") % name)
    return _("Read as %s.") % ", ".join(parts)


def _review(row: SheetRow, label: str, result: Any) -> RowReview:
    outcome = OUTCOMES[result.import_type]
    problems = []
    if outcome is Outcome.ERROR:
        found = result.validation_error.message_dict
        problems = [
            SheetProblem(message, row.number, column)
            for column, messages in sorted(found.items(), key=_by_column)
            for message in messages
        ]
    return RowReview(
        row.number, label[:NAME_CHARACTERS], outcome, result.changes, problems
    )


def _by_column(found: tuple[str, list[str]]) -> int:
    return COLUMNS.index(found[0]) if found[0] in COLUMNS else len(COLUMNS)
