"""An import does nothing that its actor could not do on the pages."""

import pytest
from django.contrib.auth.models import Permission

from accounts.models import User
from portal.models import Outcome
from tests.import_steps import check, checked_rows, import_people, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def check_one(client):
    """What the check says of the only row, for this importer."""

    def check_one(text, actor):
        client.force_login(actor)
        [row] = checked_rows(client, text)
        return row

    return check_one


def problem_of(row):
    assert row.outcome == Outcome.ERROR
    [[message]] = row.problems.values()
    return message


def grant(user, *codenames):
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("target", ["root", "manager"])
def test_person_who_stands_above_cannot_be_changed(
    check_one, importer, target, request
):
    above = request.getfixturevalue(target)
    row = check_one(f"username,first_name\n{above.username},Mallory\n", importer)

    assert "stands above you" in problem_of(row)


def test_person_who_stands_above_may_stand_in_an_export(check_one, importer, root):
    row = check_one(f"username,email\n{root.username},{root.email}\n", importer)

    assert row.outcome == Outcome.UNCHANGED


def test_superuser_may_change_a_superuser(check_one, root):
    other = User.objects.create_superuser("other")
    row = check_one("username,first_name\nother,Ola\n", root)

    assert row.outcome == Outcome.UPDATE
    assert row.person_id == other.pk


def test_nobody_switches_off_the_own_account(check_one, importer):
    row = check_one("username,is_active\nimporter,no\n", importer)

    assert "cannot deactivate it" in problem_of(row)


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ([], "Can add person"),
        (["add_user"], "Can add reader"),
        (["add_reader"], "Can add person"),
    ],
)
def test_creating_needs_the_right_to_add_both(check_one, bystander, held, missing):
    row = check_one("username\nnew.one\n", grant(bystander, "import_user", *held))

    assert f"needs the right «{missing}»" in problem_of(row)


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        (["view_user"], "Can change person"),
        (["view_user", "change_user"], "Can change reader"),
    ],
)
def test_changing_needs_the_right_to_change_both(
    check_one, bystander, reader_user, held, missing
):
    actor = grant(bystander, "import_user", *held)
    row = check_one("username,expires_on\nanna.berg,2040-01-31\n", actor)

    assert f"needs the right «{missing}»" in problem_of(row)


def test_who_may_not_see_people_learns_nothing_of_them(
    check_one, bystander, reader_user
):
    actor = grant(bystander, "import_user", "change_user", "change_reader")
    same = check_one("username,email\nanna.berg,anna@example.org\n", actor)
    other = check_one("username,email\nanna.berg,b@example.org\n", actor)

    assert problem_of(same) == problem_of(other)
    assert "needs the right «Can view person»" in problem_of(same)
    assert [same.changes, other.changes] == [None, None]


def test_who_may_not_see_people_is_not_told_whose_address_it_is(
    client, bystander, reader_user
):
    client.force_login(grant(bystander, "import_user"))
    page = check(client, "email\nanna@example.org\n", mode="update")

    assert "needs the right «Can view person»" in text_of(page)
    assert "anna.berg" not in text_of(page)


def test_no_import_gives_anybody_a_right(client, importer):
    client.force_login(importer)
    import_people(client, "username\nnew.one\n")

    made = User.objects.get(username="new.one")
    assert not made.get_all_permissions()
