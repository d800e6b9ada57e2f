"""Any text that the portal keeps comes back from a file as it was."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

from accounts.imports.columns import COLUMNS
from accounts.imports.taking_out import PeopleRows
from accounts.models import User
from portal.models import ImportJob, Outcome
from portal.sheets import WRITABLE, SheetError, SheetFormat, write_sheet
from tests.import_steps import check, confirm, newest_job, rows_of

pytestmark = pytest.mark.django_db

# All of Unicode but what no text can hold: NUL, halves of pairs, and noncharacters.
ANY_TEXT = st.text(
    st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0\ufffd")
    | st.sampled_from(list("=+-@'\"\t\n\r,; 0")),
    max_size=30,
)
CHECKED = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def checked(client, data, name):
    """What the check says of each row."""
    with rolled_back():
        check(client, data, name)
        job = newest_job()
        assert (job.state, job.error) == (ImportJob.State.READY, "")
        return rows_of(job)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture(autouse=True)
def _signed_in(client, importer):
    client.force_login(importer)


@pytest.mark.parametrize("format", WRITABLE)
@CHECKED
@given(first_name=ANY_TEXT, notes=ANY_TEXT)
def test_text_comes_back_unchanged(client, format, first_name, notes):
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
    [row] = checked(client, data, f"people.{format.value}")

    assert (row.outcome, row.problems, row.changes) == (Outcome.UNCHANGED, {}, None)


@CHECKED
@given(cells=st.lists(ANY_TEXT, min_size=len(COLUMNS), max_size=len(COLUMNS)))
def test_no_cell_breaks_a_check(client, cells):
    data = write_sheet(SheetFormat.XLSX, COLUMNS, [["anna", *cells[1:]], cells])
    rows = checked(client, data, "people.xlsx")

    assert all(row.outcome in (Outcome.CREATE, Outcome.ERROR) for row in rows)
    assert all(row.problems for row in rows if row.outcome == Outcome.ERROR)


@CHECKED
@given(first_name=ANY_TEXT, notes=ANY_TEXT, username=ANY_TEXT)
def test_what_is_shown_is_what_is_written(client, first_name, notes, username):
    cells = [username or "anna", first_name, notes]
    columns = ["username", "first_name", "notes"]
    data = write_sheet(SheetFormat.JSON, columns, [cells])
    with rolled_back():
        check(client, data, "people.json")
        job = newest_job()
        [shown] = rows_of(job)
        if shown.outcome == Outcome.CREATE:
            confirm(client, job)
            made = User.objects.get(username=shown.username)
            written = [made.username, made.first_name, made.reader.notes]
            assert written == [shown.values.get(name, "") for name in columns]
            [row] = checked(client, data, "people.json")
            assert row.outcome == Outcome.UNCHANGED
