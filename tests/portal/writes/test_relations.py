"""Relations, written from both sides and past both: each write is an act of its own."""

import pytest
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from readers.models import Branch, Reader
from tests.portal.writes.table import call

pytestmark = pytest.mark.django_db

GroupsOfUser = User.groups.through
RightsOfRole = Group.permissions.through


@pytest.fixture
def right():
    """A permission that no role of the portal has."""
    return Permission.objects.get(codename="add_permission")


@pytest.fixture
def role(right):
    role = Group.objects.create(name="Helpers")
    role.permissions.add(right)
    return role


@pytest.fixture
def anna(reader_user, role, right):
    reader_user.groups.add(role)
    reader_user.user_permissions.add(right)
    return reader_user


@pytest.fixture
def new(anna):
    """One more of each kind, which has nothing to do with Anna yet."""
    return {
        User: User.objects.create_user("other"),
        Group: Group.objects.create(name="Guides"),
        Permission: Permission.objects.get(codename="delete_permission"),
    }


# --- Many to many ----------------------------------------------------------------

OWN_SIDE = [
    (User, "groups"),
    (User, "user_permissions"),
    (Group, "permissions"),
]
OTHER_SIDE = [
    (Group, "user_set"),
    (Permission, "user_set"),
    (Permission, "group_set"),
]


def name_of(side):
    return f"{side[0].__name__}.{side[1]}"


def manager_of(side, anna, role, right):
    whose, name = side
    return getattr({User: anna, Group: role, Permission: right}[whose], name)


def change(manager, verb, new):
    [known], other = manager.all(), new[manager.model]
    arguments = {"add": [other, known], "remove": [known], "set": [[other]]}
    stem = verb if verb in arguments else verb.removeprefix("a")
    call(manager, verb, *arguments.get(stem, []))


verbs = pytest.mark.parametrize(
    "verb", ["add", "aadd", "remove", "aremove", "clear", "aclear", "set", "aset"]
)


@verbs
@pytest.mark.parametrize("side", OWN_SIDE, ids=name_of)
def test_change_from_the_own_side_is_one_row(anna, role, right, new, side, verb, since):
    left = since()
    change(manager_of(side, anna, role, right), verb, new)

    assert left() == [f"~{side[0]._meta.model_name}"]


@verbs
@pytest.mark.parametrize("side", OTHER_SIDE, ids=name_of)
def test_change_from_the_other_side_is_one_act(
    anna, role, right, new, side, verb, since
):
    manager = manager_of(side, anna, role, right)
    left = since()
    change(manager, verb, new)

    # With `set`, the one who had it loses it, and another gets it.
    number = "2" if verb.endswith("set") else ""
    assert left() == [f"{number}~{manager.model._meta.model_name}"]


@pytest.mark.parametrize("verb", ["create", "get_or_create", "update_or_create"])
def test_made_and_given_at_once_is_one_act(anna, verb, since):
    left = since()
    call(anna.groups, verb, name="Made")
    call(anna.groups.get(name="Made").user_set, f"a{verb}", username="made")

    assert left() == ["+group ~user", "+reader +user"]


def test_change_that_changes_nothing_leaves_nothing(anna, role, since):
    left = since()
    anna.groups.add(role)
    anna.groups.set([role])
    role.user_set.remove(User.objects.create(username="other"))

    assert left() == ["+reader +user"]


def test_objects_behind_a_relation_are_written_as_such(anna, role, since):
    left = since()
    anna.groups.update(name="Guides")
    role.user_set.update(first_name="Hanna")
    anna.groups.all().delete()

    assert left() == ["~group", "~user", "-group ~user"]


# --- One to many -----------------------------------------------------------------


@pytest.fixture
def north(anna, branch):
    Reader.objects.filter(user=anna).update(branch=branch)
    User.objects.create_user("other")
    return Branch.objects.create(code="N", name="North")


@pytest.mark.parametrize("bulk", [True, False])
@pytest.mark.parametrize(
    "verb", ["add", "aadd", "remove", "aremove", "clear", "aclear", "set", "aset"]
)
def test_readers_of_a_branch_changed_there_are_one_act(
    north, branch, verb, bulk, since
):
    old, new = Reader.objects.order_by("pk")
    arguments = {"add": [new], "remove": [old], "set": [[new]]}
    stem = verb if verb in arguments else verb.removeprefix("a")
    left = since()
    call(branch.reader_set, verb, *arguments.get(stem, []), bulk=bulk)

    assert left() == ["2~reader" if stem == "set" else "~reader"]


def test_manager_by_another_name_records_too(north, anna, branch, since):
    reader = Reader.objects.get(user__username="other")
    left = since()
    branch.reader_set(manager="objects").add(reader)
    anna.groups(manager="objects").set(Group.objects.filter(name="Auditor"))

    assert left() == ["~reader", "~user"]


# --- Links -----------------------------------------------------------------------


def test_upsert_of_links_is_refused(anna, role):
    link = GroupsOfUser.objects.get()
    with pytest.raises(ValueError, match="cannot record history"):
        GroupsOfUser.objects.bulk_create(
            [link],
            update_conflicts=True,
            unique_fields=["id"],
            update_fields=["user"],
        )


@pytest.mark.parametrize("verb", ["create", "get_or_create", "update_or_create"])
@pytest.mark.parametrize("a", ["", "a"])
def test_link_made_directly_is_recorded(anna, new, verb, a, since):
    left = since()
    call(GroupsOfUser.objects, f"{a}{verb}", user=anna, group=new[Group])

    assert left() == ["~user"]


@pytest.mark.parametrize("verb", ["bulk_create", "abulk_create"])
@pytest.mark.parametrize("ignores", [True, False])
def test_links_made_at_once_are_one_act(anna, role, new, verb, ignores, since):
    links = [
        GroupsOfUser(user=person, group=group)
        for person in User.objects.order_by("pk")
        for group in ([new[Group], role] if ignores else [new[Group]])
    ]
    left = since()
    call(GroupsOfUser.objects, verb, links, ignore_conflicts=ignores)

    assert left() == ["2~user"]


@pytest.mark.parametrize("verb", ["update", "aupdate"])
def test_links_given_to_another_are_recorded_on_both(anna, new, verb, since):
    left = since()
    call(GroupsOfUser.objects.filter(user=anna), verb, user=new[User])

    assert left() == ["2~user"]


@pytest.mark.parametrize("verb", ["bulk_update", "abulk_update"])
def test_links_changed_at_once_are_one_act(anna, new, verb, since):
    link = GroupsOfUser.objects.get()
    link.user = new[User]
    left = since()
    call(GroupsOfUser.objects, verb, [link], ["user"])

    assert left() == ["2~user"]


@pytest.mark.parametrize("verb", ["delete", "adelete"])
def test_links_deleted_directly_are_recorded(anna, role, verb, since):
    left = since()
    call(GroupsOfUser.objects.filter(user=anna), verb)
    call(RightsOfRole.objects.filter(group=role), verb)

    assert left() == ["~user", "~group"]


def test_link_saved_for_another_and_deleted_is_recorded(anna, new, since):
    link = GroupsOfUser.objects.get()
    left = since()
    link.user = new[User]
    link.save()
    link.delete()

    assert left() == ["2~user", "~user"]


def test_deleted_right_is_recorded_on_whoever_had_it(anna, right, since):
    left = since()
    right.delete()

    assert sorted(left()) == ["~group", "~user"]
