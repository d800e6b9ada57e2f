"""A Django fixture on the import page: refused, reviewed, written raw, repaired."""

import json

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from portal.models import ChangeSet, ImportJob
from readers.models import Branch, Category, Reader
from tests.accounts.limited import branch_named, limit_role
from tests.import_steps import (
    confirm,
    import_people,
    newest_job,
    page_of,
    press,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db

BRANCH = {"model": "readers.branch", "fields": {"code": "WEST", "name": "West"}}
CATEGORY = {"model": "readers.category", "fields": {"name": "Child", "loan_period": 14}}
USER = {"model": "accounts.user", "fields": {"username": "zoe", "first_name": "Zoë"}}
READER = {
    "model": "readers.reader",
    "fields": {
        "user": ["zoe"],
        "card_number": "Z-1",
        "branch": ["WEST"],
        "category": ["Child"],
        "birth_date": "2015-04-03",
        "joined_on": "2024-01-02",
    },
}
# Readers may stand before what they refer to.
WHOLE = [READER, USER, CATEGORY, BRANCH]


def user(**fields):
    return {"model": "accounts.user", "fields": {"username": "zoe", **fields}}


def reader(**fields):
    return {"model": "readers.reader", "fields": {"user": ["zoe"], **fields}}


@pytest.fixture(autouse=True)
def _signed_in(client, manager):
    client.force_login(manager)


def send(client, objects):
    return upload(client, json.dumps(objects), "people.json")


def load(client, objects):
    return import_people(client, json.dumps(objects), "people.json")


def limit_right(staff, codename):
    """Let them hold this right, and what gives it too, for one branch alone."""
    limited = Group.objects.create(name="Limited")
    moved = [codename, "change_user"] if codename == "view_user" else [codename]
    role = staff.groups.get()
    rights = role.permissions.filter(codename__in=moved)
    limited.permissions.set(rights)
    role.permissions.remove(*rights)
    staff.groups.add(limited)
    limit_role(limited, branch_named("NORTH"))


def outcomes():
    job = newest_job()
    return (job.created_count, job.updated_count, job.unchanged_count, job.error_count)


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "place", "message"),
    [
        (user(password="x"), "row 1, column password", "cannot be imported"),
        (user(is_superuser=True), "row 1, column is_superuser", "cannot be imported"),
        (user(is_staff=True), "row 1, column is_staff", "cannot be imported"),
        (user(groups=[["Manager"]]), "row 1, column groups", "cannot be imported"),
        (user(user_permissions=[]), "row 1, column user_permissions", "cannot be"),
        (user(last_login=None), "row 1, column last_login", "cannot be imported"),
        (user(must_change_password=False), "must_change_password", "cannot be"),
        (user(is_active="yes"), "row 1, column is_active", "true or false is read"),
        (user(first_name=None), "row 1, column first_name", "null cannot stand here"),
        (user(first_name=["x"]), "row 1, column first_name", "A text is read here"),
        (user(first_name="a\0"), "row 1, column first_name", "no character"),
        (USER | {"pk": 1}, "row 1, column pk", "known by natural key"),
        (reader(branch=3), "row 1, column branch", "A natural key is read here"),
        (reader(branch=["a", "b"]), "row 1, column branch", "A natural key is read"),
        (reader(user="zoe"), "row 1, column user", "A natural key is read here"),
        ({"model": "accounts.user", "fields": {}}, "column username", "it is the key"),
        ({"model": "auth.group", "fields": {"name": "x"}}, "row 1", "«auth.group»"),
        ({"model": "sessions.session", "fields": {}}, "row 1", "cannot be imported"),
        ({"model": "accounts.user"}, "row 1", 'a "model" and "fields"'),
        ({"model": "accounts.user", "fields": []}, "row 1", "holds no object"),
        (USER | {"extra": 1}, "row 1", 'a "model" and "fields"'),
    ],
)
def test_what_no_fixture_of_people_holds_is_refused(client, item, place, message):
    page = text_of(send(client, [item])).replace("&quot;", '"')

    assert place in page
    assert message in page
    assert newest_job().state == ImportJob.State.FAILED
    assert not User.objects.filter(username="zoe").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('[{"model": "accounts.user", "fields": {"username": "zoe"}', "no valid JSON"),
        ('[{"model": "a", "model": "b", "fields": {}}]', "«model» stands twice"),
        ('[{"model": ' + "[" * 100_000, "nested or counted like this"),
    ],
)
def test_json_that_is_broken_is_refused(client, text, message):
    assert message in text_of(upload(client, text, "people.json"))
    assert newest_job().state == ImportJob.State.FAILED


@pytest.mark.parametrize(
    ("item", "column", "message"),
    [
        (user(email="nonsense"), "email", "valid email address"),
        (user(username="two words"), "username", "valid username"),
        (user(date_joined="2024-01-02T10:00:00"), "date_joined", "needs its offset"),
        (user(date_joined="soon"), "date_joined", "invalid format"),
        (BRANCH | {"fields": {"code": "N"}}, "name", "cannot be blank"),
        (reader(), "user", "There is no person «zoe», in the file or here."),
        (reader(user=["manager"], branch=["X"]), "branch", "There is no branch «X»"),
        (reader(user=["manager"], phone="12"), "phone", "phone number"),
        (reader(user=["manager"], birth_date="2190-01-01"), "birth_date", "past"),
        (reader(user=["manager"], card_number="*"), "card_number", "letters A to Z"),
        (
            {"model": "readers.category", "fields": {"name": "X", "loan_period": 0}},
            "loan_period",
            "greater than or equal to 1",
        ),
    ],
)
def test_value_that_does_not_fit_is_a_row_in_error(client, item, column, message):
    page = send(client, [item])

    assert outcomes()[3] == 1
    [row] = page.context["rows"]
    assert row.problems[0][0] == column
    assert message in row.problems[0][1]


@pytest.mark.parametrize("twin", [user(first_name="Z"), user(username="ZOE")])
def test_repeated_object_names_the_first(client, twin):
    page = send(client, [USER, twin])

    [row] = page.context["rows"]
    assert row.row.number == 2
    assert row.problems[0][1] == "This object stands in row 1 already."


def test_value_of_somebody_else_is_a_row_in_error(client, reader_user):
    page = send(client, [user(email="ANNA@example.org")])

    [row] = page.context["rows"]
    assert "already that of Anna Berg" in row.problems[0][1]


def test_importer_cannot_bring_a_branch(client, importer):
    client.force_login(importer)
    page = send(client, WHOLE)

    problems = {row.label: row.problems[0][1] for row in page.context["rows"]}
    assert set(problems) == {"branch WEST", "category Child"}
    assert "«Can add branch»" in problems["branch WEST"]


def test_person_who_stands_above_cannot_be_changed(client, root):
    page = send(
        client,
        [
            user(username="root", first_name="Mallory"),
            reader(user=["root"], notes="x"),
        ],
    )

    messages = [row.problems[0][1] for row in page.context["rows"]]
    assert len(messages) == 2
    assert all("stands above you" in message for message in messages)


def test_more_people_than_allowed_are_refused(client, settings):
    settings.IMPORT_MAX_ROWS = 2
    page = send(client, [user(username=f"p{i}") for i in range(3)])

    assert "3 objects of accounts.user; at most 2 are read." in text_of(page)


# --- A whole fixture -------------------------------------------------------------


def test_fixture_that_would_fill_the_memory_is_refused(client, monkeypatch):
    monkeypatch.setattr("accounts.imports.fixture.job.MOST_BYTES", 10)
    shown = text_of(send(client, WHOLE))

    assert "at most 10 bytes are read" in shown
    assert newest_job().state == ImportJob.State.FAILED


def test_new_people_need_no_right_to_change_people(client, bystander):
    codenames = ["import_user", "view_user", "add_user", "add_reader"]
    # A fixture holds everything of people, so it needs the right to see it.
    codenames += ["view_birth_date", "view_phone", "view_notes"]
    bystander.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    client.force_login(bystander)
    load(client, [USER, reader(notes="New")])

    assert Reader.objects.get(user__username="zoe").notes == "New"


def test_a_look_writes_nothing(client):
    send(client, WHOLE)

    assert outcomes() == (4, 0, 0, 0)
    assert not User.objects.filter(username="zoe").exists()
    assert not Branch.objects.exists()


def test_the_differences_are_shown_as_for_a_sheet(client):
    page = send(client, WHOLE)

    first = page.context["rows"][0]
    assert (first.label, first.row.outcome) == ("reader zoe", "create")
    assert ("branch", "", "WEST") in first.changes


def test_commit_writes_user_reader_and_tables(client):
    load(client, WHOLE)

    made = User.objects.get(username="zoe")
    assert (made.first_name, made.reader.card_number) == ("Zoë", "Z-1")
    assert (made.reader.branch.code, made.reader.category.loan_period) == ("WEST", 14)
    assert Reader.objects.filter(user=made).count() == 1


def test_commit_is_recorded_as_one_change_set(client, manager):
    job = load(client, WHOLE)

    made = User.objects.get(username="zoe")
    assert job.change_set.created_count == 4
    assert (job.change_set.kind, job.change_set.actor_id) == ("import", manager.pk)
    assert [row.change_set for row in made.history.all()] == [job.change_set]
    assert [row.change_set for row in made.reader.history.all()] == [job.change_set]


def test_new_person_of_a_fixture_cannot_sign_in(client):
    load(client, [USER])

    made = User.objects.get(username="zoe")
    assert not made.has_usable_password()
    assert not (made.is_staff or made.is_superuser)


def test_the_same_fixture_again_changes_nothing(client):
    load(client, WHOLE)
    changes = ChangeSet.objects.count()
    page = send(client, WHOLE)

    assert outcomes() == (0, 0, 4, 0)
    assert "everything is already as the file says" in text_of(page)
    assert ChangeSet.objects.count() == changes


def test_only_what_the_fixture_names_is_changed(client, front_desk):
    password = front_desk.password
    job = load(client, [user(username="FRONT_DESK", first_name="Dee")])

    front_desk.refresh_from_db()
    assert (front_desk.first_name, front_desk.username) == ("Dee", "front_desk")
    assert (front_desk.is_staff, front_desk.password) == (True, password)
    assert front_desk.groups.exists()
    assert job.change_set.changed_count == 1


def test_a_reader_is_changed_where_there_is_one(client, reader_user):
    load(client, [reader(user=["anna.berg"], notes="New", card_number="")])

    found = Reader.objects.get(user=reader_user)
    assert found.notes == "New"
    assert found.card_number == reader_user.reader.card_number


def test_a_table_is_changed_where_there_is_one(client, branch):
    load(client, [{"model": "readers.branch", "fields": {"code": "main", "name": "M"}}])

    branch.refresh_from_db()
    assert (branch.code, branch.name) == ("MAIN", "M")
    assert Category.objects.count() == 0


def test_a_new_reader_without_a_number_gets_one(client):
    load(client, [USER, reader(joined_on="2024-01-02")])

    assert Reader.objects.get(user__username="zoe").card_number.startswith("RR")


# --- Without a Reader ------------------------------------------------------------


def test_people_without_their_reader_are_accepted_and_named(client):
    page = send(client, [USER])

    assert "One person comes without a Reader: zoe." in text_of(page)
    assert outcomes() == (1, 0, 0, 0)


def test_twenty_are_named_and_the_rest_counted(client):
    page = text_of(send(client, [user(username=f"p{i:02}") for i in range(23)]))

    assert "23 people come without their Reader: p00," in page
    assert "p19 and 3 more." in page
    assert "p20" not in page.partition("Row 1 ")[0]


def test_the_repair_is_offered_and_gives_them_one(client):
    job = load(client, [USER, user(username="ivo")])
    assert Reader.objects.filter(user__username__in=["zoe", "ivo"]).count() == 0
    page = press(client, page_of(job, "repair"))

    assert "2 people got a Reader." in text_of(page)
    assert Reader.objects.filter(user__username__in=["zoe", "ivo"]).count() == 2
    newest = ChangeSet.objects.first()
    assert (newest.created_count, newest.subject) == (2, "people.json")


def test_the_repair_needs_the_right_to_add_readers(client, manager):
    job = load(client, [USER])
    manager.groups.clear()
    codenames = ["import_user", "view_user"]
    manager.user_permissions.set(Permission.objects.filter(codename__in=codenames))

    assert client.post(page_of(job, "repair")).status_code == 403
    assert not Reader.objects.filter(user__username="zoe").exists()


def test_the_repair_leaves_out_who_stands_above(client, importer, root):
    Reader.objects.filter(user=root).delete()
    client.force_login(importer)
    job = load(client, [USER, user(username="root")])
    client.post(page_of(job, "repair"))

    assert Reader.objects.filter(user__username="zoe").exists()
    assert not Reader.objects.filter(user=root).exists()


@pytest.mark.parametrize("narrowed", ["add_reader", "view_user"])
def test_the_repair_is_for_those_who_reach_everybody(client, manager, narrowed):
    """Who has no Reader is of no branch, and neither is the Reader that they get."""
    Reader.objects.filter(user=manager).delete()
    job = load(client, [USER, user(username="manager")])
    limit_right(manager, narrowed)
    page = text_of(client.get(page_of(job, "result")))
    client.post(page_of(job, "repair"))

    assert "no Reader" not in page
    assert not Reader.objects.filter(user__username__in=["zoe", "manager"]).exists()


def test_there_is_nothing_to_repair_before_the_commit(client):
    send(client, [USER])
    User.objects.create_user("zoe")
    Reader.objects.filter(user__username="zoe").delete()
    client.post(page_of(newest_job(), "repair"))

    assert not Reader.objects.filter(user__username="zoe").exists()


def test_the_result_offers_the_repair_until_it_is_done(client):
    send(client, [USER])
    job = newest_job()
    assert "1 person of this import has no Reader." in text_of(confirm(client, job))

    page = press(client, page_of(job, "repair"))
    assert "has no Reader" not in text_of(page)
