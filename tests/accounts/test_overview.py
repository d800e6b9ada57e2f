"""The page of who may do what: the roles side by side, and one's own rights."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from accounts.rights_in_words import GROUPS, grouped_rights
from accounts.standing import known_permissions
from readers.models import Reader
from tests.conftest import make_staff

PAGE = "admin:auth_group_overview"


def open_page(client, user):
    client.force_login(user)
    return client.get(reverse(PAGE))


def own(page, words):
    [found] = [
        right
        for _title, rights in page.context["own"]
        for right in rights
        if right.words == words
    ]
    return found


# --- Refusals -------------------------------------------------------------------------


@pytest.mark.parametrize("who", [None, "outsider"])
def test_page_is_for_staff(request, client, db, who):
    if who:
        client.force_login(request.getfixturevalue(who))

    assert client.get(reverse(PAGE)).status_code == 302


@pytest.mark.parametrize("method", ["post", "put", "delete", "patch"])
def test_page_is_only_to_read(client, root, method):
    client.force_login(root)

    assert getattr(client, method)(reverse(PAGE)).status_code == 405


@pytest.mark.parametrize("who", ["bystander", "front_desk"])
def test_roles_are_for_who_may_view_them(request, client, manager, who):
    page = open_page(client, request.getfixturevalue(who))

    assert page.context["roles"] == []
    assert "Auditor" not in page.text and "What you may do" in page.text


def test_members_beyond_the_reach_are_not_named(
    client, north_desk, limited_role, people, south
):
    north_desk.user_permissions.add(Permission.objects.get(codename="view_group"))
    colleague = make_staff("colleague", "Manager")
    Reader.objects.filter(user=colleague).update(branch=south)
    page = open_page(client, north_desk)

    assert "Manager" in page.text and "colleague" not in page.text
    assert "Ask who manages the staff." in page.text


# --- The roles ------------------------------------------------------------------------


def test_every_right_has_words():
    names = {name for _title, rights in GROUPS for name in rights}

    assert len(names) == sum(len(rights) for _title, rights in GROUPS)


def test_every_right_that_can_be_given_is_told(db):
    told = {right.key for _title, rights in grouped_rights() for right in rights}

    assert told == set(known_permissions().values_list("pk", flat=True))
    assert len(grouped_rights()) == len(GROUPS), "a right without words of its own"


def test_table_tells_what_each_role_holds(client, auditor):
    page = open_page(client, auditor)
    told = {
        (role.group.name, str(row.words))
        for _title, rows in page.context["table"]
        for row in rows
        for role, has in row.cells
        if has
    }

    held = sum(group.permissions.count() for group in Group.objects.all())
    assert len(told) == held
    assert ("Front desk", "Add people") in told
    assert ("Auditor", "Add people") not in told


def test_table_tells_whom_a_role_reaches_and_who_has_it(client, manager, north_desk):
    [role] = [
        role
        for role in open_page(client, manager).context["roles"]
        if role.group.name == "North desk"
    ]

    assert (role.where, role.count, role.members) == ("North", 1, [north_desk])


def test_first_members_are_named_and_all_are_counted(client, manager):
    for number in range(5):
        make_staff(f"clerk{number}", "Front desk")
    page = open_page(client, manager)

    assert "clerk2" in page.text and "clerk3" not in page.text
    assert "All 5" in page.text


def test_cost_does_not_grow_with_the_roles(client, manager):
    def queries():
        with CaptureQueriesContext(connection) as found:
            open_page(client, User.objects.get(pk=manager.pk))
        return len(found)

    make_staff("giver", "Manager")
    queries()  # The caches of content types are filled.
    few = queries()
    for number in range(20):
        role = Group.objects.create(name=f"Role {number}")
        role.permissions.set(known_permissions())
        make_staff(f"member{number}").groups.add(role)

    assert queries() == few


# --- One's own rights -----------------------------------------------------------------


def test_right_is_told_with_its_role_and_reach(client, north_desk):
    right = own(open_page(client, north_desk), "See people")

    assert (right.is_held, right.through, right.where) == (
        True,
        ["North desk"],
        "North",
    )


def test_right_given_directly_is_told_so(client, bystander):
    bystander.user_permissions.add(Permission.objects.get(codename="view_user"))
    right = own(open_page(client, bystander), "See people")

    assert (right.through, right.where) == (["given to you directly"], "Everybody")


def test_right_of_a_role_without_branches_reaches_nobody(client, limited_role):
    clerk = make_staff("clerk")
    clerk.groups.add(limited_role("Nowhere"))
    right = own(open_page(client, clerk), "See people")

    assert (right.is_held, right.where) == (True, "Nobody: no branch is chosen")


def test_right_that_one_lacks_is_told_with_who_could_give_it(
    client, front_desk, manager, chief
):
    """`chief` manages staff, and does not hold the right."""
    right = own(open_page(client, front_desk), "Delete people")

    assert (right.is_held, right.givers) == (False, [manager])


def test_who_is_switched_off_is_not_told_to_ask(client, front_desk, manager):
    User.objects.filter(pk=manager.pk).update(is_active=False)

    assert own(open_page(client, front_desk), "Delete people").givers == []


def test_superuser_holds_all(client, root):
    page = open_page(client, root)
    rights = [right for _title, each in page.context["own"] for right in each]

    assert all(right.is_held for right in rights)
    assert {tuple(right.through) for right in rights} == {("superuser",)}


# --- Ways there -----------------------------------------------------------------------


def test_lists_and_staff_lead_to_the_page(client, manager, front_desk, reader_user):
    client.force_login(manager)
    link = f'href="{reverse(PAGE)}"'
    person = reverse("admin:accounts_user_change", args=[front_desk.pk])
    reader = reverse("admin:accounts_user_change", args=[reader_user.pk])
    pages = [reverse("admin:auth_group_changelist"), person, reader]

    # The sidebar of each page, and a link of its own on the first two.
    assert [client.get(page).text.count(link) for page in pages] == [2, 2, 1]
