"""History rows follow a person's branch now, and of the deleted the last one known."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import RoleLimit, User
from portal import access
from portal.history.acts import change_set
from portal.history.snapshot import history_model_of
from readers.models import Branch, Reader
from tests.conftest import make_staff

pytestmark = pytest.mark.django_db


@pytest.fixture
def north():
    return Branch.objects.create(code="N", name="North")


@pytest.fixture
def clerk(north):
    """May see and change people of North alone, and look into their history."""
    limit = RoleLimit.objects.create(role=Group.objects.get(name="Manager"))
    limit.branches.add(north)
    return make_staff("clerk", "Manager")


def person(username, branch=None):
    with change_set():
        made = User.objects.create_user(username)
        Reader.objects.filter(user=made).update(branch=branch)
    return made


def seen(user, model=User, key="username", **rights):
    rows = history_model_of(model)._base_manager.all()
    condition = access.visible_rows(user, model, **rights)
    assert condition is not None
    return set(rows.filter(condition).values_list(key, flat=True)) - {user.username}


def test_rows_of_other_branches_and_of_none_are_not_seen(clerk, north, branch):
    person("north", north)
    person("main", branch)
    person("nowhere")

    assert seen(clerk) == {"north"}


def test_rows_follow_the_person_to_another_branch(clerk, north, branch):
    moved = person("moved", branch)
    assert seen(clerk) == set()

    Reader.objects.filter(user=moved).update(branch=north)
    assert seen(clerk) == {"moved"}


def test_rows_of_the_deleted_go_by_their_last_branch(clerk, north, branch):
    came, left = person("came", branch), person("left", north)
    Reader.objects.filter(user=came).update(branch=north)
    Reader.objects.filter(user=left).update(branch=branch)
    came.delete()
    left.delete()

    assert seen(clerk) == {"came"}
    assert {"came"} == set(
        User.history.filter(
            id__in=seen(clerk, Reader, "user_id"), history_type="-"
        ).values_list("username", flat=True)
    ) - {"clerk"}


def test_account_without_a_reader_is_for_unlimited_staff(clerk, north):
    Reader.objects.filter(user=person("bare", north)).delete()

    assert seen(clerk) == set()


def test_own_rows_are_seen(clerk):
    rows = User.history.model._base_manager
    condition = access.visible_rows(clerk, User)

    assert set(rows.filter(condition).values_list("id", flat=True)) == {clerk.pk}


@pytest.mark.parametrize("where", ["north", "main", "nowhere"])
def test_own_personal_fields_are_seen_in_ones_branches_alone(
    clerk, north, branch, where
):
    place = {"north": north, "main": branch, "nowhere": None}[where]
    Reader.objects.filter(user=clerk).update(branch=place, notes="Talks a lot")
    actor = User.objects.get(pk=clerk.pk)

    rows = Reader.history.filter(access.visible_rows(actor, Reader))
    assert rows.filter(notes="Talks a lot").exists() == (where == "north")


def test_a_further_right_narrows_what_is_seen(clerk, north, branch):
    person("north", north)
    viewing, exporting = Group.objects.create(name="V"), Group.objects.create(name="E")
    manager = Group.objects.get(name="Manager")
    viewing.permissions.set(manager.permissions.exclude(codename="export_history"))
    exporting.permissions.set(manager.permissions.filter(codename="export_history"))
    RoleLimit.objects.create(role=exporting).branches.add(branch)
    user = make_staff("both", "V", "E")

    assert access.visible_rows(user, User) is None
    assert seen(user, rights=["portal.export_history"]) == set()


@pytest.mark.parametrize("who", ["root", "manager"])
def test_unlimited_staff_have_no_filter(request, who):
    user = request.getfixturevalue(who)

    assert access.visible_rows(user, User) is None
    assert access.visible_objects(user, Reader) is None
    assert not access.is_limited(user)


def test_superuser_pays_nothing(root, django_assert_num_queries):
    with django_assert_num_queries(0):
        access.visible_rows(root, User)
        access.hidden_fields(root, Reader)


def test_personal_fields_are_hidden_without_their_right(auditor, manager):
    hidden = {"birth_date", "phone", "notes"}

    assert access.hidden_fields(auditor, Reader) == hidden
    assert access.hidden_fields(auditor, User) == frozenset()
    assert access.hidden_fields(manager, Reader) == frozenset()
