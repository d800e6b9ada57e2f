"""What becomes of each row of a file: told, and nothing of the domain written.

A chunk of rows is read, its people are asked for in one go, and each row is compared
with the person that it is about. What rows and other people have against each other is
found afterwards, for the whole file, by the database (`accounts.imports.clashes`).
"""

import json
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from accounts.imports.cells import NO
from accounts.imports.columns import COLUMNS, KEPT_WHEN_BLANK, KEY
from accounts.imports.date_rules import DateRules, Problems
from accounts.imports.likeness import likeness
from accounts.imports.mapping.matching import names_rights
from accounts.imports.mapping.reading import reader_of
from accounts.imports.mapping.templates import parse_template
from accounts.imports.options import Blank, ColumnChoice, ImportOptions, Mode
from accounts.imports.persons import People, Person
from accounts.imports.readings import ColumnReader
from accounts.imports.rights import RowRights
from accounts.resources import PersonResource
from portal.imports.rows import NewRow
from portal.models import Outcome
from portal.sheets import SheetRow
from portal.sheets.problems import quote

WHOLE_ROW = ""
# Stands among the values until the username is known (`accounts.imports.naming`).
WISH = "wish"
BITS = {column: 1 << n for n, column in enumerate(COLUMNS)}
_to_json = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class Checker:
    """Checks rows for one actor with one set of options; take a new one each time."""

    def __init__(self, options: ImportOptions, actor: Any) -> None:
        self._options = options
        self._rights = RowRights(actor)
        self._dates = DateRules(self._rights.reach)
        self._people = People(options.match)
        self._resource = PersonResource()
        self._plan = [
            (position, choice.column, self._reader(choice.column, choice))
            for position, choice in enumerate(options.columns)
            if choice.column
        ]
        self._rights_at = [
            (position, choice.title)
            for position, choice in enumerate(options.columns)
            if names_rights(choice.title)
        ]
        self._key_at = next(
            (at for at, column, _reader in self._plan if column == options.match), None
        )
        self._key_reader = self._reader_at(self._key_at)
        self._defaults = {
            column: self._reader(column).read(text)
            for column, text in options.defaults.items()
            if text
        }
        self._template = (
            parse_template(options.username_template)
            if options.username_template
            else None
        )
        self._keeps_blank = (
            set(COLUMNS) if options.blank == Blank.KEEP else set(KEPT_WHEN_BLANK)
        )

    def _reader(self, column: str, choice: ColumnChoice | None = None) -> ColumnReader:
        prepare = reader_of(choice) if choice else None
        return ColumnReader(column, self._resource, prepare)

    def _reader_at(self, position: int | None) -> ColumnReader | None:
        for at, _column, reader in self._plan:
            if at == position:
                return reader
        return None

    def check(self, rows: Iterable[SheetRow]) -> list[NewRow]:
        """Asks the database once for all of them."""
        rows = list(rows)
        names = [self._key_of(row) for row in rows]
        keys = self._people.keys_of(name for name in names if name)
        found = self._people.find(keys.values())
        return [
            self._check(row, found.get(keys.get(name, "")))
            for row, name in zip(rows, names, strict=True)
        ]

    def _key_of(self, row: SheetRow) -> str:
        """The text by which the row names its person, as the field would keep it."""
        if self._key_at is None or self._key_reader is None:
            return ""
        text = row.cells[self._key_at].strip()
        return str(self._key_reader.read(text).value or "") if text else ""

    def _check(self, row: SheetRow, person: Person | None) -> NewRow:
        problems = self._faults(row)
        self._refuse_rights(row, problems)
        if problem := self._problem_with_row(row, person):
            told = self._finish(row, Outcome.ERROR, person, {WHOLE_ROW: [problem]})
            # Who may not see people is not told either whose address or card it is.
            told.username = ""
            return told
        if why := self._skipped(person):
            return self._finish(row, Outcome.SKIP, person, why)
        values, texts = self._read(row, person, problems)
        if person is None:
            return self._new(row, values, texts, problems)
        return self._known(row, person, values, texts, problems)

    def _refuse_rights(self, row: SheetRow, problems: Problems) -> None:
        """Said rather than passed over: somebody expects the file to give them."""
        for position, title in self._rights_at:
            text = row.cells[position].strip()
            if text and text.lower() not in NO:
                told = _(
                    "%(title)s is %(text)s here, but an import gives nobody rights. "
                    "Clear the cell, and give them on the person's page."
                ) % {"title": quote(title), "text": quote(text)}
                problems.setdefault(WHOLE_ROW, []).append(told)

    def _problem_with_row(self, row: SheetRow, person: Person | None) -> str | None:
        if person is not None:
            return self._rights.problem_with_seeing(person.pk, person.texts["branch"])
        # A new person may be known by something else than what rows are matched by.
        is_named = self._key_at is not None and row.cells[self._key_at].strip()
        is_needed = self._options.match == KEY and self._template is None
        if not is_named and (is_needed or not self._options.creates):
            return _("The row names nobody.")
        return None

    def _skipped(self, person: Person | None) -> Problems | None:
        mode = self._options.mode
        if person is None and mode == Mode.UPDATE:
            return {WHOLE_ROW: [_("There is nobody like this; only existing people.")]}
        if person is not None and mode == Mode.CREATE:
            return {WHOLE_ROW: [_("This person exists already; only new people.")]}
        return None

    def _faults(self, row: SheetRow) -> Problems:
        """What the reader of the file had against the row."""
        problems: Problems = {}
        for at, text in (row.faults or {}).items():
            if not 0 <= at < len(self._options.columns):
                problems.setdefault(WHOLE_ROW, []).append(text)
            elif column := self._options.columns[at].column:
                problems.setdefault(column, []).append(text)
        return problems

    def _read(
        self, row: SheetRow, person: Person | None, problems: Problems
    ) -> tuple[dict[str, Any], dict[str, str]]:
        """The values that the row gives, and their texts; what is wrong is added."""
        values: dict[str, Any] = {}
        texts: dict[str, str] = {}
        before: Mapping[str, str] = person.texts if person else {}
        for position, column, reader in self._plan:
            cell = row.cells[position]
            # What stands there already is not read anew: an export comes back exactly.
            if cell == before.get(column, ""):
                continue
            blank = not cell.strip()
            if blank and (person is None or column in self._keeps_blank):
                continue
            if column == KEY and person and self._options.match == KEY:
                continue
            if column in problems:
                continue
            meaning = reader.read("" if blank else cell)
            if meaning.problems:
                problems[column] = meaning.problems
            elif meaning.text != before.get(column, ""):
                values[column], texts[column] = meaning.value, meaning.text
        return values, texts

    def _new(
        self,
        row: SheetRow,
        values: dict[str, Any],
        texts: dict[str, str],
        problems: Problems,
    ) -> NewRow:
        for column, meaning in self._defaults.items():
            if column not in values and column not in problems:
                values[column], texts[column] = meaning.value, meaning.text
        self._dates.check_new(values, problems)
        if KEY not in values and KEY not in problems:
            self._name_by_template(values, texts, problems)
        problem = self._rights.problem_with_person(None, is_new=True)
        problem = problem or self._rights.reach.problem_with_new(
            texts.get("branch", "")
        )
        if problem:
            problems.setdefault(WHOLE_ROW, []).append(problem)
        outcome = Outcome.ERROR if problems else Outcome.CREATE
        new = self._finish(row, outcome, None, problems, values)
        new.username, new.email = texts.get(KEY, ""), texts.get("email", "")
        new.card_number = texts.get("card_number", "")
        new.likeness = likeness(texts)
        new.fields |= sum(BITS.get(column, 0) for column in values)
        return new

    def _name_by_template(
        self, values: dict[str, Any], texts: dict[str, str], problems: Problems
    ) -> None:
        """The name wished for; the number on a clash comes when all rows are known."""
        if self._template is None:
            problems[KEY] = [_("A new person needs a username.")]
            return
        if wish := self._template.username(texts):
            values[WISH] = wish
        else:
            problems[KEY] = [_("Nothing of which the template makes a username.")]

    def _known(
        self,
        row: SheetRow,
        person: Person,
        values: dict[str, Any],
        texts: dict[str, str],
        problems: Problems,
    ) -> NewRow:
        self._dates.check_known(values, person.texts, problems)
        if values or problems or person.reader_pk is None:
            is_active = values.get("is_active", person.texts["is_active"] == "true")
            problem = self._rights.problem_with_person(
                person.pk, is_new=False, is_active=is_active
            ) or self._rights.reach.problem_with_change(
                person.texts["branch"], texts.get("branch", person.texts["branch"])
            )
            if problem:
                problems.setdefault(WHOLE_ROW, []).append(problem)
        if problems:
            outcome = Outcome.ERROR
        elif values or person.reader_pk is None:
            outcome = Outcome.UPDATE
        else:
            outcome = Outcome.UNCHANGED
        found = self._finish(row, outcome, person, problems, values)
        if values:
            found.changes = _to_json(
                {c: [person.texts[c], text] for c, text in texts.items()}
            )
            found.fields |= sum(BITS[column] for column in values)
        after = {**person.texts, **texts}
        found.username, found.email = after[KEY], after["email"]
        found.card_number = after["card_number"]
        return found

    def _finish(
        self,
        row: SheetRow,
        outcome: str,
        person: Person | None,
        problems: Problems,
        values: Mapping[str, Any] | None = None,
    ) -> NewRow:
        written = outcome in (Outcome.CREATE, Outcome.UPDATE)
        return NewRow(
            number=row.number,
            outcome=str(outcome),
            cells=_to_json(row.cells),
            values=_to_json(values) if written else None,
            messages=_to_json(problems) if problems else None,
            fields=sum(BITS.get(column, 0) for column in problems),
            username=person.texts[KEY] if person else "",
            person_id=person.pk if person else None,
            version=person.version if person else "",
        )
