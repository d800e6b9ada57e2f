"""What was chosen in the Columns step is what the check goes by."""

from functools import partial

import pytest

from tests.import_steps import checked_rows

NAMES = "First name,Surname\nAnna,Berg\nZoë,Berg\n"


@pytest.fixture
def check(client, importer):
    """The rows of a file, checked with what is proposed but for what is changed."""
    client.force_login(importer)
    return partial(checked_rows, client)


def test_date_against_the_answer_is_refused(check):
    rows = check(
        "Login,Born\na.one,03/04/2001\na.two,03/27/2001\na.three,28/03/2001\n",
        days_1="dmy",
    )

    [problem] = rows[1].problems["birth_date"]
    assert "does not fit the column's dates (day, month, year)" in problem


def test_row_without_a_name_gets_no_username(check):
    [row] = check("First name,Notes\n,Likes maps\n", mode="create", match="username")

    assert list(row.problems) == ["username"]


def test_usernames_are_made_of_names(check):
    rows = check(NAMES, mode="create", username_template="{first[0]}{last}")

    assert [row.username for row in rows] == ["aberg", "zberg"]


def test_dates_are_read_as_answered(check):
    [row] = check("Login,Born\na.one,03/04/2001\n", days_1="mdy")

    assert row.values["birth_date"] == "2001-03-04"


def test_numbers_are_corrected_as_answered(check):
    rows = check(
        "Login,Card\na.one,12345.0\na.two,54321.0\na.three,123.0\n",
        fractions_1="yes",
        zeros_1="yes",
    )

    assert [row.values["card_number"] for row in rows] == ["12345", "54321", "00123"]


def test_default_fills_what_is_blank(check, branch):
    rows = check("Login,Notes\na.one,Own\na.two,\n", default_notes="Default")

    assert [row.values["notes"] for row in rows] == ["Own", "Default"]


def test_column_that_is_not_imported_changes_nothing(check):
    [row] = check("Login,Surname\na.one,Berg\n", column_1="")

    assert "last_name" not in row.values
