"""What becomes of one row: what its cells may hold, and what a blank one means."""

from datetime import date

import pytest
from django.utils import timezone

from accounts.imports.people import PEOPLE
from accounts.models import User
from portal.history.acts import change_set
from portal.imports.review import Outcome
from readers.models import Reader

pytestmark = pytest.mark.django_db


def check(text, actor=None):
    return PEOPLE.read(text.encode(), "people.csv").check(actor).rows


def check_one(text, actor=None):
    [row] = check(text, actor)
    return row


def write(text, actor=None):
    with change_set():
        return PEOPLE.read(text.encode(), "people.csv").write(actor).rows


def changes_of(row):
    return {change.column: (change.old, change.new) for change in row.changes}


def problem_of(row):
    assert row.outcome == Outcome.ERROR
    assert row.changes == []
    [problem] = row.problems
    return problem


@pytest.fixture
def anna(reader_user, branch, category):
    Reader.objects.filter(user=reader_user).update(
        branch=branch,
        category=category,
        phone="+442079460958",
        birth_date=date(1990, 5, 1),
        joined_on=date(2024, 1, 2),
        expires_on=date(2030, 1, 2),
        notes="Likes maps",
        card_number="CARD-1",
    )
    return User.objects.get(pk=reader_user.pk)


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("column", "cell", "message"),
    [
        ("is_active", "perhaps", "«perhaps» is neither yes nor no"),
        ("birth_date", "12.03.2024", "may be 12 March 2024 or 3 December 2024"),
        ("birth_date", "soon", "«soon» is not a date I can read; write"),
        ("birth_date", "2024-02-30", "is not a date I can read"),
        ("joined_on", "2024-03-12T10:30:00", "is not a date I can read"),
        ("joined_on", "20240312", "is not a date I can read"),
        ("birth_date", "2190-01-01", "must be in the past"),
        ("expires_on", "1999-01-01", "before the date of joining"),
        ("phone", "12", "«12» is no phone number; write it with its country"),
        ("phone", "020 7946 0958", "no phone number"),
        ("phone", "+44 20 7946 0958 ext. 12", "extension cannot be kept"),
        ("category", "Adlt", "There is no category «Adlt». Did you mean «Adult»?"),
        ("branch", "XYZ", "There is no branch «XYZ». Known: MAIN."),
        ("email", "nonsense", "valid email address"),
        ("card_number", "RR123456789", "looks mistyped"),
        ("card_number", "*?", "letters A to Z"),
        ("first_name", "x" * 151, "151 characters; at most 150"),
        ("notes", "x" * 5001, "5001 characters; at most 5000"),
        ("username", "two words", "valid username"),
    ],
)
def test_cell_that_cannot_be_used_is_told(branch, category, column, cell, message):
    columns = "username" if column == "username" else f"username,{column}"
    row = cell if column == "username" else f"new.one,{cell}"
    problem = problem_of(check_one(f"{columns}\n{row}\n"))

    assert (problem.row, problem.column) == (2, column)
    assert message in problem.message


def test_every_problem_of_a_row_is_told_in_the_order_of_the_columns():
    row = check_one("username,phone,birth_date,email\nnew.one,12,x,nonsense\n")

    assert [each.column for each in row.problems] == ["email", "phone", "birth_date"]


def test_row_without_a_username_is_refused():
    problem = problem_of(check_one("username,first_name\n ,Zoë\n"))

    assert problem.message == "The row names nobody."


@pytest.mark.parametrize(
    "twin", ["anna.berg", "ANNA.Berg", " anna.berg ", "ａnna.berg"]
)
def test_same_person_twice_names_the_first_row(twin):
    first, second = check(f"username\nanna.berg\n{twin}\n")

    assert first.outcome == Outcome.CREATE
    assert "stands in row 2 already" in problem_of(second).message


def test_the_row_is_the_line_on_which_it_starts():
    rows = check('username,notes\na.one,"two\nlines"\n\na.two,x\na.one,\n')

    assert [row.number for row in rows] == [2, 5, 6]
    assert "row 2" in problem_of(rows[2]).message


@pytest.mark.parametrize(
    ("column", "values"),
    [("email", ("x@example.org", "X@EXAMPLE.org")), ("card_number", ("ab-1", "AB-1"))],
)
def test_same_value_twice_names_the_first_row(column, values):
    _first, second = check(f"username,{column}\na.one,{values[0]}\na.two,{values[1]}\n")

    problem = problem_of(second)
    assert problem.column == column
    assert "stands in row 2 already, for a.one" in problem.message


@pytest.mark.parametrize(
    ("column", "cell"), [("email", "ANNA@example.ORG"), ("card_number", "card-1")]
)
def test_value_of_somebody_else_names_whom(anna, column, cell):
    problem = problem_of(check_one(f"username,{column}\na.one,{cell}\n"))

    assert problem.column == column
    assert "is already that of Anna Berg" in problem.message


def test_value_given_up_by_an_earlier_row_is_free(anna):
    text = "username,email\nanna.berg,new@example.org\na.two,anna@example.org\n"

    assert [row.outcome for row in check(text)] == [Outcome.UPDATE, Outcome.CREATE]
    write(text)
    assert User.objects.get(username="a.two").email == "anna@example.org"


def test_value_given_up_by_a_later_row_is_not_free_yet(anna):
    first, _second = check(
        "username,email\na.two,anna@example.org\nanna.berg,new@example.org\n"
    )

    assert "already that of Anna Berg" in problem_of(first).message


# --- What is understood ----------------------------------------------------------


@pytest.mark.parametrize("cell", ["true", "Yes", "1", "y", "TRUE"])
def test_yes_in_every_spelling(cell):
    assert changes_of(check_one(f"username,is_active\na.one,{cell}\n"))[
        "is_active"
    ] == ("", "true")


@pytest.mark.parametrize("cell", ["false", "No", "0", "n"])
def test_no_in_every_spelling(anna, cell):
    row = check_one(f"username,is_active\nanna.berg,{cell}\n")

    assert changes_of(row) == {"is_active": ("true", "false")}


@pytest.mark.parametrize(
    "cell", ["2024-03-12", "2024-03-12T00:00:00", "2024-03-12 00:00"]
)
def test_date_may_be_written_as_its_midnight(cell):
    row = check_one(f"username,joined_on\na.one,{cell}\n")

    assert changes_of(row)["joined_on"] == ("", "2024-03-12")


def test_national_number_is_read_where_the_country_is_known(settings):
    settings.PHONENUMBER_DEFAULT_REGION = "GB"
    row = check_one("username,phone\na.one,020 7946 0958\n")

    assert changes_of(row)["phone"] == ("", "+442079460958")


def test_category_and_branch_are_found_in_any_case(branch, category):
    row = check_one("username,category,branch\na.one,aDULT,main\n")

    changes = changes_of(row)
    assert (changes["category"][1], changes["branch"][1]) == ("Adult", "MAIN")


@pytest.mark.parametrize("name", ["ΓΙΏΡΓΟΣ", "İzmir", "ÅSA", "straße"])
def test_person_is_found_by_its_own_name_in_any_script(name):
    User.objects.create_user(name)

    assert check_one(f"username\n{name}\n").outcome == Outcome.UNCHANGED


def test_case_of_a_username_is_no_change(anna):
    assert check_one("username\nANNA.BERG\n").outcome == Outcome.UNCHANGED


def test_names_are_stored_in_one_normal_form():
    write("username,first_name\na.one,  Zoe\u0308   Marie \n")

    assert User.objects.get(username="a.one").first_name == "Zoë Marie"


# --- New people ------------------------------------------------------------------


def test_new_person_gets_user_reader_number_and_today():
    [row] = write("username\na.one\n")

    made = User.objects.get(username="a.one")
    assert row.outcome == Outcome.CREATE
    assert changes_of(row)["card_number"] == ("", "new number")
    assert made.reader.card_number.startswith("RR")
    assert made.reader.joined_on == timezone.localdate()
    assert made.is_active


def test_new_person_cannot_sign_in():
    write("username\na.one\n")

    made = User.objects.get(username="a.one")
    assert not made.has_usable_password()
    assert not (made.is_staff or made.is_superuser)


def test_each_new_person_gets_another_number():
    write("username\n" + "".join(f"person{i}\n" for i in range(20)))

    numbers = Reader.objects.values_list("card_number", flat=True)
    assert len(set(numbers)) == len(numbers) == 20


# --- People who are there --------------------------------------------------------


def test_missing_column_leaves_the_value_alone(anna):
    write("username,last_name\nanna.berg,Berger\n")

    anna.refresh_from_db()
    assert (anna.last_name, anna.email) == ("Berger", "anna@example.org")
    assert anna.reader.notes == "Likes maps"


def test_blank_cell_clears_what_a_person_can_be_without(anna):
    columns = "email,first_name,category,branch,phone,birth_date,expires_on,notes"
    [row] = write(f"username,{columns}\nanna.berg,,,,,,,,\n")

    reader = Reader.objects.get(user=anna)
    assert set(changes_of(row)) == set(columns.split(","))
    assert (reader.category, reader.branch, reader.birth_date) == (None, None, None)
    assert (reader.expires_on, str(reader.phone), reader.notes) == (None, "", "")


def test_blank_cell_keeps_what_a_person_cannot_be_without(anna):
    row = check_one("username,is_active,card_number,joined_on\nanna.berg,,,\n")

    assert row.outcome == Outcome.UNCHANGED


def test_only_what_changed_is_saved(anna):
    before = anna.history.count()
    write("username,notes,first_name\nanna.berg,New,Anna\n")

    assert anna.history.count() == before
    assert anna.reader.history.first().notes == "New"


def test_person_without_a_reader_gets_one(anna):
    Reader.objects.filter(user=anna).delete()
    [row] = write("username\nanna.berg\n")

    assert row.outcome == Outcome.UPDATE
    assert Reader.objects.get(user=anna).card_number.startswith("RR")


def test_stored_value_that_would_be_refused_today_comes_back_unchanged(anna):
    Reader._base_manager.filter(user=anna).update(phone="12", birth_date="1700-01-01")
    row = check_one("username,phone,birth_date\nanna.berg,12,1700-01-01\n")

    assert row.outcome == Outcome.UNCHANGED
