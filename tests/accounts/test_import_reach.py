"""An importer limited to branches brings in people of these alone, and sees no more."""

import pytest
from django.contrib.auth.models import Permission
from django.core.management import call_command
from django.urls import reverse

from accounts.models import RoleLimit, User
from portal.models import ImportJob, Outcome
from readers.models import Reader
from tests.accounts.limited import branch_named, limit_role, limited_staff, person_of
from tests.import_steps import (
    check,
    checked_rows,
    choice_of,
    choose,
    confirm,
    download,
    import_people,
    newest_job,
    page_of,
    rows_of,
    text_of,
    upload,
    uploaded,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(client):
    """Signed in as an importer for the branch NORTH; there is a SOUTH too."""
    staff = limited_staff("north", "Importer", "NORTH")
    branch_named("SOUTH")
    client.force_login(staff)
    return staff


def problem_in(client, text, **changed):
    [row] = checked_rows(client, text, **changed)
    assert row.outcome == Outcome.ERROR
    [[message]] = row.problems.values()
    return message


@pytest.mark.parametrize("code", ["SOUTH", ""])
@pytest.mark.parametrize("name", ["Anna", "Other"])
def test_person_of_another_branch_is_refused_and_not_shown(client, north, code, name):
    person = person_of(code, "anna", first_name="Anna", last_name="Secret")
    text = f"email,first_name\n{person.email},{name}\n"

    assert "of another branch" in problem_in(client, text, match="email", mode="update")
    [row] = rows_of(newest_job())
    assert (row.username, row.changes) == ("", None)
    assert "Secret" not in text_of(client.get(page_of(newest_job(), "review")))


@pytest.mark.parametrize("text", ["Talks a lot", "Other"])
def test_import_does_not_tell_what_ones_own_page_masks(client, north, text):
    Reader.objects.filter(user=north).update(notes="Talks a lot")

    assert "of another branch" in problem_in(client, f"username,notes\nnorth,{text}\n")
    [row] = rows_of(newest_job())
    assert row.changes is None


@pytest.mark.parametrize(
    ("cell", "said"), [("SOUTH", "own branches only"), ("", "name the branch")]
)
def test_new_person_of_another_branch_is_refused(client, north, cell, said):
    text = f"username,first_name,branch\nnew.one,New,{cell}\n"

    assert said in problem_in(client, text)


def test_nobody_is_moved_to_a_branch_that_one_does_not_reach(client, north):
    person_of("NORTH", "anna")

    said = problem_in(client, "username,branch\nanna,SOUTH\n")
    assert "only to your own branches" in said
    said = problem_in(client, "username,branch\nanna,\n")
    assert "only to your own branches" in said


def test_people_of_the_own_branch_come_in_and_change(client, north):
    person_of("NORTH", "anna")
    text = "username,first_name,branch\nanna,Anna,NORTH\nnew.one,New,NORTH\n"
    job = import_people(client, text)

    assert (job.state, job.created_count, job.updated_count) == ("done", 1, 1)


@pytest.mark.parametrize("column", ["username", "email", "card_number"])
def test_whoever_has_a_value_elsewhere_is_not_named(client, north, column):
    other = person_of("SOUTH", "anna.secret", first_name="Anna")
    values = {
        "username": "anna.secret",
        "email": other.email,
        "card_number": other.reader.card_number,
    }
    cells = {"username": "new.one", "branch": "NORTH"} | {column: values[column]}
    text = f"{','.join(cells)}\n{','.join(cells.values())}\n"
    page = check(client, text, match="username", mode="create")

    row = rows_of(newest_job())[0]
    assert row.outcome in (Outcome.ERROR, Outcome.SKIP)
    assert f"already that of {other.username}" not in text_of(page)
    assert "Anna" not in text_of(page)


def test_likeness_to_somebody_elsewhere_is_not_told(client, north):
    person = person_of("SOUTH", "hidden", first_name="Anna", last_name="Berg")
    Reader.objects.filter(user=person).update(birth_date="1990-02-03")
    text = (
        "username,first_name,last_name,birth_date,branch\n"
        "new.one,Anna,Berg,1990-02-03,NORTH\n"
    )
    [row] = checked_rows(client, text)

    assert (row.outcome, row.remarks) == (Outcome.CREATE, None)


def test_likeness_to_somebody_of_the_own_branch_is_told(client, north):
    person = person_of("NORTH", "known", first_name="Anna", last_name="Berg")
    Reader.objects.filter(user=person).update(birth_date="1990-02-03")
    text = (
        "username,first_name,last_name,birth_date,branch\n"
        "new.one,Anna,Berg,1990-02-03,NORTH\n"
    )
    [row] = checked_rows(client, text)

    assert "This may be known" in row.remarks[0]


def test_new_person_is_refused_once_the_reach_is_gone(client, north):
    check(client, "username,branch\nnew.one,NORTH\n")
    job = newest_job()
    limit_role(north.groups.get(), branch_named("SOUTH"))
    confirm(client, job)

    assert job.state == ImportJob.State.READY
    assert not User.objects.filter(username="new.one").exists()


def test_change_of_somebody_is_refused_once_the_reach_is_gone(client, north):
    person_of("NORTH", "anna")
    check(client, "username,first_name\nanna,Changed\n")
    job = newest_job()
    limit_role(north.groups.get(), branch_named("SOUTH"))
    confirm(client, job)

    assert User.objects.get(username="anna").first_name == ""
    assert job.state == ImportJob.State.READY


def test_rows_are_not_shown_to_whom_less_is_shown_now(client, north):
    person_of("NORTH", "anna", first_name="Earlier")
    check(client, "username,first_name\nanna,Later\n")
    job = newest_job()
    RoleLimit.objects.get().branches.clear()
    page = client.get(page_of(job, "review"))

    assert "Your rights have changed since the check" in text_of(page)
    assert "Earlier" not in text_of(page)
    row = client.get(page_of(job, "row", 2))
    assert row.status_code == 302


CLASHING = "username,email,branch\nnew.one,anna@example.org,NORTH\n"


@pytest.fixture
def refused(client, north):
    """A job whose only row in error names somebody of NORTH."""
    person_of("NORTH", "anna")
    check(client, f"{CLASHING}new.two,,NORTH\n", match="username")
    return newest_job()


def test_refused_rows_name_who_is_of_the_own_branch(client, refused):
    file = download(client.get(page_of(refused, "refused"))).decode()

    assert "already that of anna" in file


@pytest.mark.parametrize("state", ["ready", "done"])
def test_refused_rows_are_not_given_to_whom_less_is_shown_now(client, refused, state):
    if state == "done":
        confirm(client, refused, "good")
    RoleLimit.objects.get().branches.set([branch_named("SOUTH")])
    response = client.get(page_of(refused, "refused"))
    page = text_of(client.get(response.url))

    assert (refused.state, response.status_code) == (state, 302)
    assert page.count("Your rights have changed since the check") == 1
    assert "that of anna" not in page


def test_branches_of_others_are_no_default(client, north):
    job = uploaded(client, "username\nnew.one\n")
    field = client.get(page_of(job)).context["form"].fields["default_branch"]

    assert [value for value, _label in field.choices] == ["", "NORTH"]
    choose(client, job, default_branch="SOUTH")
    assert job.state == ImportJob.State.UPLOADED


def test_fixture_is_for_those_who_reach_everybody(client, north, tmp_path):
    person_of("SOUTH", "anna")
    path = tmp_path / "people.json"
    call_command("dumpdata", "accounts.user", natural_primary=True, output=str(path))
    upload(client, path.read_bytes(), "people.json")
    job = newest_job()

    assert job.state == ImportJob.State.FAILED
    assert "Use a spreadsheet" in job.error


# --- Personal fields --------------------------------------------------------------


def forbid(role, *names):
    codenames = [f"view_{name}" for name in names]
    role.permissions.remove(*Permission.objects.filter(codename__in=codenames))


@pytest.fixture
def blind(client, importer):
    """Signed in as an importer who may not see phone numbers."""
    forbid(importer.groups.get(), "phone")
    client.force_login(importer)
    return importer


def test_hidden_column_is_not_proposed_and_says_why(client, blind):
    job = uploaded(client, "username,phone\nnew.one,+442079460958\n")
    page = client.get(page_of(job))

    assert page.context["form"]["column_1"].value() == ""
    assert "You may not see this of people" in text_of(page)


@pytest.mark.parametrize("field", ["column_1", "default_phone"])
def test_hidden_column_cannot_be_chosen(client, blind, field):
    job = uploaded(client, "username,other\nnew.one,+442079460958\n")
    value = "phone" if field == "column_1" else "+442079460958"
    data = choice_of(client, job) | {field: value}
    client.post(page_of(job), data)
    job.refresh_from_db()

    if field == "column_1":
        assert job.state == ImportJob.State.UPLOADED
    assert job.options.get("defaults", {}) == {}


def test_right_to_see_a_column_is_asked_again_when_it_is_written(client, importer):
    client.force_login(importer)
    check(client, "username,phone\nnew.one,+442079460958\n")
    job = newest_job()
    forbid(importer.groups.get(), "phone")
    confirm(client, job)

    assert job.state == ImportJob.State.READY
    assert "You may not see phone" in job.error
    assert not User.objects.filter(username="new.one").exists()


def test_right_to_see_is_asked_in_the_shell_too(importer, tmp_path):
    forbid(importer.groups.get(), "phone")
    path = tmp_path / "people.csv"
    path.write_text("username,phone\nnew.one,+442079460958\n")

    with pytest.raises(Exception, match="You may not see phone"):
        call_command("import_people", str(path), actor="importer", commit=True)
    assert not User.objects.filter(username="new.one").exists()


def test_page_of_another_importers_job_stays_closed(client, north, importer):
    client.force_login(importer)
    job = uploaded(client, "username\nnew.one\n")
    client.force_login(north)

    assert client.get(page_of(job)).status_code == 403
    assert client.get(reverse("admin:accounts_user_import")).status_code == 200
