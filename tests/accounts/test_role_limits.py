"""Roles that reach some branches alone: set on their page, kept in their history."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.urls import reverse

from accounts.models import RoleLimit, User
from accounts.policy import people_within
from portal.models import ChangeSet
from tests.conftest import make_staff
from tests.posts import errors_of, posted, seen_plan


def url(name, *args):
    return reverse(f"admin:auth_group_{name}", args=args)


def desk():
    return Group.objects.get(name="Front desk")


def limit_of(role):
    limit = RoleLimit.objects.filter(role=role).first()
    return limit and {branch.name for branch in limit.branches.all()}


def save(client, role, **values):
    page = url("change", role.pk) if role else url("add")
    return client.post(page, posted(client.get(page), **values))


@pytest.fixture
def north_boss(client, north, limited_role):
    """The client of who manages the staff of one branch."""
    user = make_staff("north_boss")
    user.groups.add(limited_role("North managers", north, like="Manager"))
    client.force_login(user)
    return client


# --- Refusals -------------------------------------------------------------------------


@pytest.mark.parametrize("is_limited", [None, "on"])
def test_limited_manager_does_not_widen_a_role(
    north_boss, limited_role, north, south, is_limited
):
    role = limited_role("North desk", north)
    response = save(
        north_boss, role, is_limited=is_limited, branches=[north.pk, south.pk]
    )

    assert response.status_code == 200 and errors_of(response)
    assert limit_of(role) == {"North"}


def test_limited_manager_makes_no_role_for_everybody(north_boss, north):
    rights = [right.pk for right in desk().permissions.all()]
    response = save(north_boss, None, name="Mine", permissions=rights, is_limited=None)

    assert "would reach further than you do" in errors_of(response)
    assert not Group.objects.filter(name="Mine").exists()


@pytest.mark.parametrize("role", ["everybody", "south", "own"])
def test_limited_manager_changes_no_role_beyond(
    north_boss, limited_role, south, north, role
):
    roles = {
        "everybody": desk(),
        "south": limited_role("South desk", south),
        "own": Group.objects.get(name="North managers"),
    }
    sent = {"name": "Mine", "is_limited": "on", "branches": [north.pk]}
    said = {"post": "yes", "change_reason": "Not needed"}

    assert north_boss.post(url("change", roles[role].pk), sent).status_code == 403
    assert north_boss.post(url("delete", roles[role].pk), said).status_code == 403
    assert not Group.objects.filter(name="Mine").exists()


def test_who_may_not_manage_staff_sets_no_limit(client, chief, north):
    """`chief` may change roles, and holds nothing that could be handed out."""
    chief.user_permissions.remove(
        *chief.user_permissions.filter(codename="manage_staff")
    )
    role = Group.objects.create(name="Viewers")
    client.force_login(chief)
    response = save(client, role, name="Watchers", is_limited="on", branches=[north.pk])

    assert response.status_code == 302
    assert limit_of(role) is None


def test_who_may_not_manage_staff_lifts_no_limit(client, chief, north):
    chief.user_permissions.remove(
        *chief.user_permissions.filter(codename="manage_staff")
    )
    role = Group.objects.create(name="Viewers")
    RoleLimit.objects.limit(role, [north])
    client.force_login(chief)
    save(client, role, name="Watchers")

    assert limit_of(role) == {"North"}


def test_members_do_not_change_the_limit_of_their_role(client, manager, north):
    own = Group.objects.get(name="Manager")
    client.force_login(manager)
    sent = {"name": "Manager", "is_limited": "on", "branches": [north.pk]}

    assert client.post(url("change", own.pk), sent).status_code == 403


@pytest.fixture
def shared_desk(north_boss, limited_role, north, people):
    """A role of North that one person of each branch has."""
    role = limited_role("North desk", north)
    role.user_set.set(people.values())
    return role


@pytest.mark.parametrize("by", ["page", "action"])
def test_deletion_of_a_role_tells_of_whom_one_sees_alone(north_boss, shared_desk, by):
    chosen = {"action": "delete_selected", "_selected_action": [shared_desk.pk]}
    page = (
        north_boss.get(url("delete", shared_desk.pk))
        if by == "page"
        else north_boss.post(url("changelist"), chosen)
    )

    counts = {str(label): count for label, count in page.context["model_count"]}
    assert counts["members whom you see"] == 1
    assert not any("person" in label or "user" in label for label in counts)
    assert "User_groups object" not in page.text and "North desk" in page.text


def test_role_that_others_have_too_is_deleted(north_boss, shared_desk):
    said = {"post": "yes", "change_reason": "Merged"}
    north_boss.post(url("delete", shared_desk.pk), said)

    assert not Group.objects.filter(pk=shared_desk.pk).exists()


# --- Setting it -----------------------------------------------------------------------


def test_limit_is_set_in_the_act_of_the_form(client, manager, north):
    client.force_login(manager)
    save(client, desk(), is_limited="on", branches=[north.pk], change_reason="Only N.")

    made = ChangeSet.objects.first()
    assert limit_of(desk()) == {"North"}
    assert made.reason == "Only N."
    [row] = RoleLimit.history.all()
    assert row.change_set == made
    assert row.relations == {"branches": [[north.pk, "North"]]}


def test_saving_again_changes_nothing(client, manager, limited_role, north):
    role = limited_role("North desk", north)
    client.force_login(manager)
    before = ChangeSet.objects.count()
    save(client, role)

    assert limit_of(role) == {"North"}
    assert ChangeSet.objects.count() == before


def test_limit_is_lifted(client, manager, limited_role, north):
    role = limited_role("North desk", north)
    client.force_login(manager)
    save(client, role, is_limited=None)

    assert limit_of(role) is None


def test_limit_to_no_branch_reaches_nobody(client, manager, front_desk, people):
    client.force_login(manager)
    save(client, desk(), is_limited="on", branches=[])

    assert limit_of(desk()) == set()
    seen = User.objects.filter(people_within(User.objects.get(pk=front_desk.pk)))
    assert set(seen) == {front_desk}


def test_limited_manager_makes_roles_of_their_branch(north_boss, north):
    rights = [right.pk for right in desk().permissions.all()]
    response = save(
        north_boss, None, name="Mine", permissions=rights, branches=[north.pk]
    )

    assert response.status_code == 302
    assert limit_of(Group.objects.get(name="Mine")) == {"North"}


def test_branches_that_the_page_hides_stay(north_boss, north, south):
    """An empty role harms nobody; its branches are not dropped by saving it."""
    role = Group.objects.create(name="Empty")
    RoleLimit.objects.limit(role, [south])
    save(north_boss, role, name="Emptied", branches=[north.pk])

    assert limit_of(role) == {"North", "South"}


def test_list_tells_whom_roles_reach(client, manager, limited_role, north, south):
    limited_role("Both", north, south)
    limited_role("None")
    client.force_login(manager)
    page = client.get(url("changelist")).text

    assert (
        "North, South" in page and "Nobody: no branch" in page and "Everybody" in page
    )


def test_members_are_links(client, manager, front_desk):
    client.force_login(manager)
    page = client.get(url("change", desk().pk)).text

    assert reverse("admin:accounts_user_change", args=[front_desk.pk]) in page


# --- Branches that go -----------------------------------------------------------------


def test_branch_that_goes_leaves_the_role_with_less(client, root, limited_role, north):
    role = limited_role("North desk", north)
    client.force_login(root)
    said = {"post": "yes", "change_reason": "Closed"}
    client.post(reverse("admin:readers_branch_delete", args=[north.pk]), said)

    assert limit_of(role) == set()
    newest = RoleLimit.history.first()
    assert (newest.relations, newest.change_set) == (
        {"branches": []},
        ChangeSet.objects.first(),
    )


# --- History --------------------------------------------------------------------------


def test_history_of_a_role_tells_of_its_limit(client, root, limited_role, north):
    role = limited_role("North desk", north)
    client.force_login(root)
    page = client.get(url("history", role.pk)).text

    assert "North" in page and "imit of a role" in page


def revert(client, made):
    page = reverse("admin:portal_changeset_revert", args=[made.pk])
    said = {**seen_plan(client, page), "change_reason": "By mistake"}
    return client.post(page, said)


def test_narrower_limit_is_taken_back(client, root, limited_role, north, south):
    role = limited_role("Desk", north, south)
    RoleLimit.objects.limit(role, [north])
    client.force_login(root)
    revert(client, ChangeSet.objects.first())

    assert limit_of(role) == {"North", "South"}


def test_nobody_takes_back_a_limit_beyond_their_reach(
    north_boss, limited_role, north, south
):
    role = limited_role("Desk", north, south)
    RoleLimit.objects.limit(role, [north])
    revert(north_boss, ChangeSet.objects.first())

    assert limit_of(role) == {"North"}


def test_role_that_comes_back_is_limited_as_before(client, root, limited_role, north):
    role = limited_role("North desk", north)
    key = role.pk
    role.delete()
    client.force_login(root)
    revert(client, ChangeSet.objects.first())

    assert limit_of(Group.objects.get(pk=key)) == {"North"}


# --- Fixtures -------------------------------------------------------------------------


def test_limit_goes_through_a_fixture(tmp_path, limited_role, north, capsys):
    role = limited_role("North desk", north)
    names = ["auth.group", "accounts.rolelimit", "readers.branch"]
    natural = {"use_natural_foreign_keys": True, "use_natural_primary_keys": True}
    call_command("dumpdata", *names, **natural)
    dumped = capsys.readouterr().out
    [limit] = [
        each["fields"]
        for each in json.loads(dumped)
        if each["model"] == "accounts.rolelimit"
    ]
    assert limit == {"role": ["North desk"], "branches": [["N"]]}
    RoleLimit.objects.all().delete()
    (tmp_path / "roles.json").write_text(dumped)
    call_command("loaddata", tmp_path / "roles.json", verbosity=0)

    assert limit_of(role) == {"North"}
