"""Who stands above whom, where one reaches, and what one may hand out."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from accounts.policy import (
    PERSONAL_FIELDS,
    grantable_permissions,
    grantable_roles,
    hidden_fields,
    hidden_of_oneself,
    may_change_rights,
    may_change_role,
    may_make_role,
    may_touch,
    people_within,
    permissions_for_roles,
    reach_of,
    untouchable_ids,
)
from readers.models import Reader
from tests.conftest import make_staff

CAST = ["outsider", "bystander", "front_desk", "importer", "auditor", "manager", "root"]
# Whom each may touch, beside itself. Staff accounts are for those who manage staff,
# colleagues of the same rank and without any role included.
TOUCHABLE = {
    "outsider": set(),
    "bystander": set(),
    "front_desk": {"outsider"},
    "importer": {"outsider"},
    "auditor": set(),
    "manager": {"outsider", "bystander", "front_desk", "importer", "auditor"},
    "root": set(CAST),
}
GRANTABLE = {
    "front_desk": set(),
    "importer": set(),
    "auditor": set(),
    "manager": {"Front desk", "Importer", "Auditor", "Manager"},
    "root": {"Front desk", "Importer", "Auditor", "Manager", "Director"},
}


def anew(user):
    """The same account with nothing remembered of what it holds."""
    return User.objects.get(pk=user.pk)


def permission(codename):
    return Permission.objects.get(codename=codename)


def codenames(permissions):
    return set(permissions.values_list("codename", flat=True))


def held_by(role):
    return codenames(Group.objects.get(name=role).permissions)


@pytest.fixture
def cast(request):
    return {name: request.getfixturevalue(name) for name in CAST}


# --- Rank --------------------------------------------------------------------------


@pytest.mark.parametrize("who", CAST)
def test_each_may_touch_itself_and_who_holds_no_more(cast, who):
    touched = {name for name in CAST if may_touch(cast[who], cast[name])}

    assert touched == TOUCHABLE[who] | {who}


@pytest.mark.parametrize(("code", "may"), [("N", True), ("S", False), (None, False)])
def test_staff_are_for_who_manages_staff_of_their_branch(
    front_desk, importer, north, south, limited_role, code, may
):
    """The right to change people may come from another role, and reach further."""
    front_desk.groups.add(limited_role("North boss", north, like="Manager"))
    importer.groups.set(Group.objects.filter(name="Front desk"))
    branch = {"N": north, "S": south}.get(code)
    Reader.objects.filter(user=importer).update(branch=branch)
    actor = anew(front_desk)

    assert may_touch(actor, importer) == may
    assert (importer.pk in untouchable_ids(actor)) != may


@pytest.mark.parametrize("who", ["front_desk", "importer", "manager", "root"])
def test_set_of_the_untouchable_agrees_with_the_single_question(cast, who):
    above = untouchable_ids(cast[who])

    expected = {u.pk for u in cast.values() if not may_touch(cast[who], u)}
    assert above == expected


def test_colleague_of_the_same_rank_is_for_the_manager(front_desk):
    colleague = make_staff("colleague", "Front desk")

    assert not may_touch(front_desk, colleague)
    assert untouchable_ids(front_desk) == {colleague.pk}


def test_account_that_is_switched_off_ranks_as_before(front_desk, manager):
    User.objects.filter(pk=manager.pk).update(is_active=False, is_staff=False)
    manager = anew(manager)

    assert not manager.has_perm("accounts.manage_staff")
    assert not may_touch(front_desk, manager)
    assert untouchable_ids(front_desk) == {manager.pk}


def test_superuser_that_is_switched_off_ranks_as_before(manager, root):
    User.objects.filter(pk=root.pk).update(is_active=False)

    assert not may_touch(manager, anew(root))


def test_permission_held_directly_counts_as_by_role(front_desk, reader_user):
    reader_user.user_permissions.add(permission("view_history"))

    assert not may_touch(front_desk, reader_user)


def test_permission_that_both_ways_give_is_one(manager):
    manager.user_permissions.set(Permission.objects.filter(codename="view_user"))

    assert codenames(grantable_permissions(manager)) == held_by("Manager")


# --- Objects, keys and strings ------------------------------------------------------

SHAPES = [lambda u: u, lambda u: u.pk, lambda u: str(u.pk), lambda u: f" {u.pk} "]
each_shape = pytest.mark.parametrize("shape", SHAPES, ids=["object", "int", "str", "_"])


@each_shape
def test_policy_asks_the_live_row_whatever_names_it(manager, root, shape):
    stale = anew(root)
    stale.is_superuser = False

    assert not may_touch(manager, shape(stale))
    assert may_touch(manager, shape(manager))
    assert not may_change_rights(manager, shape(manager))


@each_shape
def test_role_may_be_named_by_anything(manager, director, shape):
    desk = Group.objects.get(name="Front desk")

    assert may_change_role(manager, shape(desk))
    assert not may_change_role(manager, shape(director))


@pytest.mark.parametrize("name", ["", "x", "1.5", None, "7; DROP", "-1", 10**9])
def test_account_that_is_not_there_is_touched_by_nobody(manager, root, name):
    assert not may_touch(manager, name)
    assert not may_touch(root, name)
    assert not may_change_role(manager, name)


def test_digits_of_another_script_are_the_same_key(manager):
    foreign = str(manager.pk).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))

    assert not may_change_rights(manager, foreign)


@each_shape
def test_pages_ask_about_the_live_account_whatever_they_are_handed(
    rf, manager, root, shape
):
    request = rf.get("/")
    request.user = manager
    page = admin.site.get_model_admin(User)
    stale = User.objects.get(pk=root.pk)
    stale.is_superuser = False

    assert not page.has_change_permission(request, shape(stale))
    assert not page.has_delete_permission(request, shape(stale))
    assert not page.has_delete_permission(request, shape(manager))
    assert page.has_change_permission(request, None)


# --- Reach -------------------------------------------------------------------------


def seen(actor, right="accounts.view_user"):
    found = User.objects.filter(people_within(actor, right)).exclude(pk=actor.pk)
    return set(found.values_list("username", flat=True))


def test_limited_role_reaches_the_people_of_its_branches(north_desk, people):
    assert seen(north_desk) == {"northern"}
    touched = {name for name, one in people.items() if may_touch(north_desk, one)}
    assert touched == {"northern"}


def test_unlimited_role_reaches_everybody(front_desk, people):
    assert reach_of(front_desk, "accounts.view_user") is None
    assert seen(front_desk) == set(people)


def test_role_limited_to_no_branch_reaches_oneself_alone(people, limited_role):
    clerk = make_staff("clerk")
    clerk.groups.add(limited_role("Nobody"))

    assert seen(clerk) == set()
    assert may_touch(clerk, clerk)


def test_two_limited_roles_reach_the_branches_of_both(
    north_desk, south, people, limited_role
):
    north_desk.groups.add(limited_role("South", south))

    assert seen(anew(north_desk)) == {"northern", "southern"}


def test_each_right_has_a_reach_of_its_own(north_desk, people):
    north_desk.groups.add(Group.objects.get(name="Auditor"))
    clerk = anew(north_desk)

    assert seen(clerk) == set(people)
    assert seen(clerk, "accounts.change_user") == {"northern"}
    assert not may_touch(clerk, people["southern"])


def test_unlimited_role_beside_a_limited_one_reaches_everybody(north_desk, people):
    north_desk.groups.add(Group.objects.get(name="Front desk"))

    assert seen(anew(north_desk)) == set(people)


def test_right_given_directly_reaches_everybody(north_desk, people):
    north_desk.user_permissions.add(permission("view_user"))

    assert seen(anew(north_desk)) == set(people)
    assert seen(anew(north_desk), "accounts.change_user") == {"northern"}


def test_person_who_moves_leaves_the_reach(north_desk, people, south):
    people["northern"].reader.branch = south
    people["northern"].reader.save()

    assert not may_touch(north_desk, people["northern"])


def test_limited_rank_is_below_the_unlimited_one(north, limited_role):
    manager = make_staff("north_manager")
    manager.groups.add(limited_role("North managers", north, like="Manager"))
    colleague = make_staff("colleague", "Front desk")
    colleague.reader.branch = north
    colleague.reader.save()

    assert not may_touch(manager, colleague)
    assert may_touch(make_staff("boss", "Manager"), colleague)


@pytest.mark.parametrize("who", ["front_desk", "manager", "root"])
def test_actor_that_is_switched_off_holds_nothing(request, people, director, who):
    actor = request.getfixturevalue(who)
    User.objects.filter(pk=actor.pk).update(is_active=False)
    actor = anew(actor)

    assert reach_of(actor, "accounts.view_user") == frozenset()
    assert not User.objects.filter(people_within(actor)).exists()
    assert not may_touch(actor, people["northern"]) and not may_touch(actor, actor)
    assert not grantable_roles(actor) and not grantable_permissions(actor)
    assert not may_change_role(actor, director)
    assert set(hidden_fields(actor)) == {"birth_date", "phone", "notes"}


# --- Personal fields ----------------------------------------------------------------


def test_personal_fields_are_hidden_without_their_right(auditor, front_desk):
    assert hidden_fields(auditor) == {"birth_date", "phone", "notes"}
    assert hidden_fields(front_desk) == set()


def test_personal_field_is_hidden_unless_seen_of_everybody(north_desk):
    assert hidden_fields(north_desk) == set()
    north_desk.groups.add(Group.objects.get(name="Auditor"))

    assert hidden_fields(anew(north_desk)) == {"birth_date", "phone", "notes"}


@pytest.mark.parametrize(
    ("where", "hidden"),
    [("north", set()), ("south", set(PERSONAL_FIELDS)), ("none", set(PERSONAL_FIELDS))],
)
def test_field_of_oneself_is_hidden_beyond_ones_branches(
    request, north_desk, where, hidden
):
    branch = None if where == "none" else request.getfixturevalue(where)
    Reader.objects.filter(user=north_desk).update(branch=branch)

    assert hidden_of_oneself(anew(north_desk)) == hidden


@pytest.mark.parametrize("who", ["root", "front_desk", "auditor"])
def test_unlimited_staff_have_nothing_hidden_of_themselves_alone(request, who):
    assert hidden_of_oneself(request.getfixturevalue(who)) == set()


# --- What one gives -----------------------------------------------------------------


@pytest.mark.parametrize("who", GRANTABLE)
def test_roles_to_hand_out_hold_nothing_that_one_lacks(request, director, who):
    roles = grantable_roles(request.getfixturevalue(who))

    assert set(roles.values_list("name", flat=True)) == GRANTABLE[who]


@pytest.mark.parametrize("who", ["front_desk", "importer", "auditor", "manager"])
def test_permissions_to_hand_out_are_ones_own(request, who):
    grantable = codenames(grantable_permissions(request.getfixturevalue(who)))

    assert grantable == (held_by("Manager") if who == "manager" else set())


def test_right_to_manage_staff_alone_gives_only_itself(db):
    actor = make_staff("chief")
    right = permission("manage_staff")
    actor.user_permissions.add(right)

    assert [each.pk for each in grantable_permissions(actor)] == [right.pk]
    assert not grantable_roles(actor).filter(permissions__isnull=False).exists()


@pytest.fixture
def north_manager(north, limited_role):
    user = make_staff("north_manager")
    user.groups.add(limited_role("North managers", north, like="Manager"))
    return user


def test_limited_manager_gives_roles_within_their_own_reach(
    north_manager, north, south, limited_role
):
    limited_role("North desk", north)
    limited_role("South desk", south)
    limited_role("Both desks", north, south)
    limited_role("No desk")

    given = set(grantable_roles(north_manager).values_list("name", flat=True))
    assert given == {"North managers", "North desk", "No desk"}


def test_limited_manager_gives_no_permission_directly(north_manager):
    assert not grantable_permissions(north_manager).exists()
    assert codenames(permissions_for_roles(north_manager)) == held_by("Manager")


def test_limited_manager_makes_roles_within_their_own_reach(
    north_manager, north, south
):
    rights = [permission("view_user").pk]

    assert may_make_role(north_manager, rights, frozenset({north.pk}))
    assert may_make_role(north_manager, rights, frozenset())
    assert not may_make_role(north_manager, rights, frozenset({north.pk, south.pk}))
    assert not may_make_role(north_manager, rights, None)
    assert may_make_role(north_manager, [], None)


def test_limited_manager_changes_rights_within_their_own_reach(north_manager, people):
    changed = {
        name for name, u in people.items() if may_change_rights(north_manager, u)
    }

    assert changed == {"northern"}


@pytest.mark.parametrize("who", ["front_desk", "manager", "root"])
def test_nobody_changes_their_own_rights(request, who):
    actor = request.getfixturevalue(who)

    assert not may_change_rights(actor, actor)


def test_role_is_not_changed_by_its_members(manager, auditor):
    own = Group.objects.get(name="Manager")
    assert not may_change_role(manager, own)
    manager.user_permissions.set(own.permissions.all())
    manager.groups.clear()

    assert may_change_role(anew(manager), own)


def test_role_of_other_branches_is_not_changed(
    north_manager, north, south, limited_role
):
    assert may_change_role(north_manager, limited_role("A", north))
    assert not may_change_role(north_manager, limited_role("B", south))
    assert not may_change_role(north_manager, Group.objects.get(name="Front desk"))
