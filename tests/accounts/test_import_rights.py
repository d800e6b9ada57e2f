"""An import does nothing that its actor could not do on the pages."""

import pytest
from django.contrib.auth.models import Permission

from accounts.imports.people import PEOPLE
from accounts.models import User
from portal.imports.review import Outcome

pytestmark = pytest.mark.django_db


def check_one(text, actor):
    [row] = PEOPLE.read(text.encode(), "people.csv").check(actor).rows
    return row


def grant(user, *codenames):
    user.user_permissions.set(Permission.objects.filter(codename__in=codenames))
    return User.objects.get(pk=user.pk)


@pytest.mark.parametrize("target", ["root", "manager"])
def test_person_who_stands_above_cannot_be_changed(importer, target, request):
    above = request.getfixturevalue(target)
    row = check_one(f"username,first_name\n{above.username},Mallory\n", importer)

    assert row.outcome == Outcome.ERROR
    assert "stands above you" in row.problems[0].message


def test_person_who_stands_above_may_stand_in_an_export(importer, root):
    row = check_one(f"username,email\n{root.username},{root.email}\n", importer)

    assert row.outcome == Outcome.UNCHANGED


def test_superuser_may_change_a_superuser(root):
    other = User.objects.create_superuser("other")
    row = check_one("username,first_name\nother,Ola\n", root)

    assert row.outcome == Outcome.UPDATE
    assert row.label == other.username


def test_nobody_switches_off_the_own_account(importer):
    row = check_one("username,is_active\nimporter,no\n", importer)

    assert "cannot deactivate it" in row.problems[0].message


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        ([], "Can add person"),
        (["add_user"], "Can add reader"),
        (["add_reader"], "Can add person"),
    ],
)
def test_creating_needs_the_right_to_add_both(bystander, held, missing):
    row = check_one("username\nnew.one\n", grant(bystander, "import_user", *held))

    assert f"needs the right «{missing}»" in row.problems[0].message


@pytest.mark.parametrize(
    ("held", "missing"),
    [
        (["view_user"], "Can change person"),
        (["view_user", "change_user"], "Can change reader"),
    ],
)
def test_changing_needs_the_right_to_change_both(bystander, reader_user, held, missing):
    actor = grant(bystander, "import_user", *held)
    row = check_one("username,notes\nanna.berg,New\n", actor)

    assert f"needs the right «{missing}»" in row.problems[0].message


def test_who_may_not_see_people_learns_nothing_of_them(bystander, reader_user):
    actor = grant(bystander, "import_user", "change_user", "change_reader")
    same = check_one("username,email\nanna.berg,anna@example.org\n", actor)
    other = check_one("username,email\nanna.berg,b@example.org\n", actor)

    assert same == other
    assert "needs the right «Can view person»" in same.problems[0].message


def test_no_import_gives_anybody_a_right(importer):
    file = PEOPLE.read(b"username\nnew.one\n", "people.csv")
    file.write(importer)

    made = User.objects.get(username="new.one")
    assert not made.get_all_permissions()
