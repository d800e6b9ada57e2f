"""Who stands above whom, and what one may hand out."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission

from accounts.models import User
from accounts.policy import (
    grantable_permissions,
    grantable_roles,
    may_touch,
    permission_ids,
    untouchable_ids,
)
from tests.conftest import make_staff

CAST = ["outsider", "bystander", "front_desk", "importer", "auditor", "manager", "root"]
# Whom each may touch, beside itself. Staff accounts are for those who manage staff,
# colleagues of the same rank and without any role included.
TOUCHABLE = {
    "outsider": set(),
    "bystander": {"outsider"},
    "front_desk": {"outsider"},
    "importer": {"outsider"},
    "auditor": {"outsider"},
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


@pytest.fixture
def cast(request):
    return {name: request.getfixturevalue(name) for name in CAST}


@pytest.mark.parametrize("who", CAST)
def test_each_may_touch_itself_and_who_holds_no_more(cast, who):
    touched = {name for name in CAST if may_touch(cast[who], cast[name])}

    assert touched == TOUCHABLE[who] | {who}


@pytest.mark.parametrize("who", CAST)
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
    manager.refresh_from_db()

    assert not manager.has_perm("accounts.manage_staff")
    assert not may_touch(front_desk, manager)
    assert untouchable_ids(front_desk) == {manager.pk}


def test_superuser_that_is_switched_off_ranks_as_before(manager, root):
    User.objects.filter(pk=root.pk).update(is_active=False)
    root.refresh_from_db()

    assert not may_touch(manager, root)


def test_permission_held_directly_counts_as_by_role(front_desk, reader_user):
    reader_user.user_permissions.add(Permission.objects.get(codename="view_history"))

    assert not may_touch(front_desk, reader_user)


def test_permission_that_both_ways_give_is_one(manager):
    manager.user_permissions.set(Permission.objects.filter(codename="view_user"))
    held = Group.objects.get(name="Manager").permissions.values_list("pk", flat=True)

    assert permission_ids(manager) == set(held)


@pytest.mark.parametrize("who", GRANTABLE)
def test_roles_to_hand_out_hold_nothing_that_one_lacks(request, director, who):
    roles = grantable_roles(request.getfixturevalue(who))

    assert set(roles.values_list("name", flat=True)) == GRANTABLE[who]


@pytest.mark.parametrize("who", ["front_desk", "importer", "auditor", "manager"])
def test_permissions_to_hand_out_are_ones_own(request, who):
    actor = request.getfixturevalue(who)
    grantable = set(grantable_permissions(actor).values_list("pk", flat=True))

    assert grantable == (permission_ids(actor) if who == "manager" else set())


def test_right_to_manage_staff_alone_gives_only_itself(db):
    actor = make_staff("chief")
    right = Permission.objects.get(codename="manage_staff")
    actor.user_permissions.add(right)

    assert [each.pk for each in grantable_permissions(actor)] == [right.pk]
    assert not grantable_roles(actor).filter(permissions__isnull=False).exists()


@pytest.mark.parametrize("shape", [lambda u: u, lambda u: u.pk, lambda u: str(u.pk)])
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
