"""What becomes of one row: what its cells may hold, and what a blank one means."""

from datetime import date
from functools import partial

import pytest
from django.utils import timezone

from accounts.imports.mapping.questions import SAMPLE_ROWS
from accounts.models import User
from portal.models import Outcome
from readers.models import Reader
from tests.import_steps import check as check_file
from tests.import_steps import checked_rows, import_people, rows_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def check(client, importer):
    """What the check says of each row."""
    client.force_login(importer)
    return partial(checked_rows, client)


@pytest.fixture
def check_one(check):
    def check_one(text):
        [row] = check(text)
        return row

    return check_one


@pytest.fixture
def write(client, importer):
    client.force_login(importer)
    return lambda text: rows_of(import_people(client, text))


def problem_of(row):
    """The column and what is wrong with it."""
    assert row.outcome == Outcome.ERROR
    [(column, [message])] = row.problems.items()
    return column, message


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
def test_cell_that_cannot_be_used_is_told(
    check_one, branch, category, column, cell, message
):
    columns = "username" if column == "username" else f"username,{column}"
    text = cell if column == "username" else f"new.one,{cell}"
    row = check_one(f"{columns}\n{text}\n")

    found, told = problem_of(row)
    assert (row.number, found) == (2, column)
    assert message in told


def test_date_of_two_meanings_that_nobody_was_asked_about_is_told(check):
    known = "".join(f"p{at},2001-02-03\n" for at in range(SAMPLE_ROWS))
    *_others, last = check(f"username,birth_date\n{known}new.one,12.03.2004\n")

    assert "may be 12 March 2004 or 3 December 2004" in problem_of(last)[1]


def test_every_problem_of_a_row_is_told_in_the_order_of_the_columns(client, importer):
    client.force_login(importer)
    page = check_file(
        client, "username,phone,birth_date,email\nnew.one,12,x,nonsense\n"
    )

    [row] = page.context["rows"]
    assert [column for column, _text in row.problems] == [
        "email",
        "phone",
        "birth_date",
    ]


def test_row_without_a_username_is_refused(check_one):
    row = check_one("username,first_name\n ,Zoë\n")

    assert problem_of(row) == ("", "The row names nobody.")


@pytest.mark.parametrize(
    "twin", ["anna.berg", "ANNA.Berg", " anna.berg ", "ａnna.berg"]
)
def test_same_person_twice_names_the_first_row(check, twin):
    first, second = check(f"username\nanna.berg\n{twin}\n")

    assert first.outcome == Outcome.CREATE
    assert "stands in row 2 already" in problem_of(second)[1]


def test_username_is_stored_in_its_normal_form(write):
    write("username\nａnna.berg\n")

    assert User.objects.filter(username="anna.berg").exists()


def test_the_row_is_the_line_on_which_it_starts(check):
    rows = check('username,notes\na.one,"two\nlines"\n\na.two,x\na.one,\n')

    assert [row.number for row in rows] == [2, 5, 6]
    assert "row 2" in problem_of(rows[2])[1]


@pytest.mark.parametrize(
    ("column", "values"),
    [("email", ("x@example.org", "X@EXAMPLE.org")), ("card_number", ("ab-1", "AB-1"))],
)
def test_same_value_twice_names_the_first_row(check, column, values):
    _first, second = check(f"username,{column}\na.one,{values[0]}\na.two,{values[1]}\n")

    found, told = problem_of(second)
    assert found == column
    assert "stands in row 2 already, for a.one" in told


@pytest.mark.parametrize(
    ("column", "cell"), [("email", "ANNA@example.ORG"), ("card_number", "card-1")]
)
def test_value_of_somebody_else_names_whom(check_one, anna, column, cell):
    found, told = problem_of(check_one(f"username,{column}\na.one,{cell}\n"))

    assert found == column
    assert "is already that of anna.berg" in told


GIVES_UP, TAKES = "anna.berg,new@example.org\n", "a.two,anna@example.org\n"


@pytest.mark.parametrize("rows", [GIVES_UP + TAKES, TAKES + GIVES_UP])
def test_value_given_up_by_another_row_is_free(write, anna, rows):
    outcomes = {row.outcome for row in write(f"username,email\n{rows}")}

    assert outcomes == {Outcome.UPDATE, Outcome.CREATE}
    assert User.objects.get(username="a.two").email == "anna@example.org"


def test_value_is_not_given_up_by_a_row_in_error(check, anna):
    rows = check(
        "username,email,phone\nanna.berg,new@example.org,12\na.two,anna@example.org,\n"
    )

    assert "already that of anna.berg" in problem_of(rows[1])[1]


def test_two_people_trade_what_only_one_may_have(write, anna):
    User.objects.create_user("ivo", "ivo@example.org")

    write("username,email\nanna.berg,ivo@example.org\nivo,anna@example.org\n")

    assert User.objects.get(username="ivo").email == "anna@example.org"
    assert User.objects.get(username="anna.berg").email == "ivo@example.org"


# --- What is understood ----------------------------------------------------------


@pytest.mark.parametrize("cell", ["true", "Yes", "1", "y", "TRUE"])
def test_yes_in_every_spelling(check_one, cell):
    row = check_one(f"username,is_active\na.one,{cell}\n")

    assert row.values["is_active"] is True


@pytest.mark.parametrize("cell", ["false", "No", "0", "n"])
def test_no_in_every_spelling(check_one, anna, cell):
    row = check_one(f"username,is_active\nanna.berg,{cell}\n")

    assert row.changes == {"is_active": ["true", "false"]}


@pytest.mark.parametrize(
    "cell", ["2024-03-12", "2024-03-12T00:00:00", "2024-03-12 00:00"]
)
def test_date_may_be_written_as_its_midnight(check_one, cell):
    row = check_one(f"username,joined_on\na.one,{cell}\n")

    assert row.values["joined_on"] == "2024-03-12"


def test_national_number_is_read_where_the_country_is_known(check_one, settings):
    settings.PHONENUMBER_DEFAULT_REGION = "GB"
    row = check_one("username,phone\na.one,020 7946 0958\n")

    assert row.values["phone"] == "+442079460958"


def test_category_and_branch_are_found_in_any_case(check_one, branch, category):
    row = check_one("username,category,branch\na.one,aDULT,main\n")

    assert (row.values["category"], row.values["branch"]) == (category.pk, branch.pk)


@pytest.mark.parametrize("name", ["ΓΙΏΡΓΟΣ", "İzmir", "ÅSA", "straße"])
def test_person_is_found_by_its_own_name_in_any_script(check_one, name):
    User.objects.create_user(name)

    assert check_one(f"username\n{name}\n").outcome == Outcome.UNCHANGED


def test_case_of_a_username_is_no_change(check_one, anna):
    assert check_one("username\nANNA.BERG\n").outcome == Outcome.UNCHANGED


def test_names_are_stored_in_one_normal_form(write):
    write("username,first_name\na.one,  Zoe\u0308   Marie \n")

    assert User.objects.get(username="a.one").first_name == "Zoë Marie"


# --- New people ------------------------------------------------------------------


def test_new_person_gets_user_reader_number_and_today(write):
    [row] = write("username\na.one\n")

    made = User.objects.get(username="a.one")
    assert row.outcome == Outcome.CREATE
    assert made.reader.card_number.startswith("RR")
    assert made.reader.joined_on == timezone.localdate()
    assert made.is_active


def test_new_person_cannot_sign_in(write):
    write("username\na.one\n")

    made = User.objects.get(username="a.one")
    assert not made.has_usable_password()
    assert not (made.is_staff or made.is_superuser)


@pytest.mark.parametrize("title", ["is_staff", "Superuser", "Roles", "permissions"])
@pytest.mark.parametrize("who", ["a.one", "anna.berg"])
def test_row_that_would_give_rights_is_in_error(client, root, anna, title, who):
    client.force_login(root)
    [row] = checked_rows(client, f"username,first_name,{title}\n{who},Zoë,yes\n")

    column, message = problem_of(row)
    assert column == ""
    assert f"«{title}» is «yes» here, but an import gives nobody rights" in message


@pytest.mark.parametrize("cell", ["", " ", "no", "False", "0"])
def test_column_of_rights_may_give_none(check_one, cell):
    row = check_one(f"username,first_name,is_staff\na.one,Zoë,{cell}\n")

    assert row.outcome == Outcome.CREATE


def test_each_new_person_gets_another_number(write):
    write("username\n" + "".join(f"person{i}\n" for i in range(20)))

    numbers = Reader.objects.values_list("card_number", flat=True)
    assert len(set(numbers)) == len(numbers) == 21


# --- People who are there --------------------------------------------------------


def test_missing_column_leaves_the_value_alone(write, anna):
    write("username,last_name\nanna.berg,Berger\n")

    anna.refresh_from_db()
    assert (anna.last_name, anna.email) == ("Berger", "anna@example.org")
    assert anna.reader.notes == "Likes maps"


def test_blank_cell_clears_what_a_person_can_be_without(write, anna):
    columns = "email,first_name,category,branch,phone,birth_date,expires_on,notes"
    [row] = write(f"username,{columns}\nanna.berg,,,,,,,,\n")

    reader = Reader.objects.get(user=anna)
    assert set(row.changes) == set(columns.split(","))
    assert (reader.category, reader.branch, reader.birth_date) == (None, None, None)
    assert (reader.expires_on, str(reader.phone), reader.notes) == (None, "", "")


def test_blank_cell_keeps_what_a_person_cannot_be_without(check_one, anna):
    row = check_one("username,is_active,card_number,joined_on\nanna.berg,,,\n")

    assert row.outcome == Outcome.UNCHANGED


def test_only_what_changed_is_saved(write, anna):
    before = anna.history.count()
    write("username,notes,first_name\nanna.berg,New,Anna\n")

    assert anna.history.count() == before
    assert anna.reader.history.first().notes == "New"


def test_person_without_a_reader_gets_one(write, anna):
    Reader.objects.filter(user=anna).delete()
    [row] = write("username\nanna.berg\n")

    assert row.outcome == Outcome.UPDATE
    assert Reader.objects.get(user=anna).card_number.startswith("RR")


@pytest.mark.breaks_history("writes past history")
def test_stored_value_that_would_be_refused_today_comes_back_unchanged(check_one, anna):
    Reader._base_manager.filter(user=anna).update(phone="12", birth_date="1700-01-01")
    row = check_one("username,phone,birth_date\nanna.berg,12,1700-01-01\n")

    assert row.outcome == Outcome.UNCHANGED
