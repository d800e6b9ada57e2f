"""Any text that the portal keeps comes back from a file as it was."""

import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from accounts.imports.columns import COLUMNS
from accounts.imports.people import PEOPLE
from accounts.imports.taking_out import PeopleRows
from accounts.models import User
from portal.imports.review import Outcome
from portal.sheets import WRITABLE, SheetError, SheetFormat, write_sheet

pytestmark = pytest.mark.django_db

# All of Unicode but what no text can hold: NUL, halves of pairs, and noncharacters.
ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0\ufffd")
    | st.sampled_from(list("=+-@'\"\t\n\r,; 0")),
    max_size=30,
)
CHECKED = settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@pytest.mark.parametrize("format", WRITABLE)
@CHECKED
@given(first_name=ANY_TEXT, notes=ANY_TEXT)
def test_text_comes_back_unchanged(format, first_name, notes):
    user, _made = User.objects.get_or_create(username="anna")
    user.first_name, user.reader.notes = first_name, notes
    user.save()
    user.reader.save()
    try:
        data = write_sheet(format, COLUMNS, PeopleRows(COLUMNS, [[user.pk]]))
    except SheetError as refused:
        # What a format cannot hold is refused, with its place; never lost.
        assert refused.problems[0].column in ("first_name", "notes")
        reject()
    [row] = PEOPLE.read(data, f"people.{format.value}").check(None).rows

    assert (row.outcome, row.problems, row.changes) == (Outcome.UNCHANGED, [], [])


@CHECKED
@given(cells=st.lists(ANY_TEXT, min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_no_cell_breaks_a_look(cells):
    data = write_sheet(SheetFormat.XLSX, COLUMNS, [["anna", *cells[1:]], cells])
    rows = PEOPLE.read(data, "people.xlsx").check(None).rows

    assert all(row.outcome in (Outcome.CREATE, Outcome.ERROR) for row in rows)
    assert all(row.problems for row in rows if row.outcome == Outcome.ERROR)


@CHECKED
@given(first_name=ANY_TEXT, notes=ANY_TEXT, username=ANY_TEXT)
def test_what_is_shown_is_what_is_written(first_name, notes, username):
    User.objects.all().delete()
    columns = ["username", "first_name", "notes"]
    cells = [username or "anna", first_name, notes]
    file = PEOPLE.read(write_sheet(SheetFormat.JSON, columns, [cells]), "people.json")
    [shown] = file.check(None).rows
    if shown.outcome == Outcome.CREATE:
        assert file.write(None).rows == [shown]
        again = PEOPLE.read(write_sheet(SheetFormat.JSON, columns, [cells]), "p.json")
        [row] = again.check(None).rows
        assert row.outcome == Outcome.UNCHANGED
