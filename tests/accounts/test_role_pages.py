"""Roles: nobody fills one with what they lack, or touches one that holds more."""

import pytest
from django.contrib.auth.models import Group
from django.urls import reverse

from tests.accounts.rights import change_page, permission, rights_of, send


def role_page(name, *args):
    return reverse(f"admin:auth_group_{name}", args=[each.pk for each in args])


def test_role_that_holds_more_is_not_edited_renamed_or_deleted(
    client, manager, director
):
    client.force_login(manager)
    sent = {"name": "Mine", "permissions": []}

    assert client.post(role_page("change", director), sent).status_code == 403
    assert (
        client.post(role_page("delete", director), {"post": "yes"}).status_code == 403
    )
    client.post(
        role_page("changelist"),
        {
            "action": "delete_selected",
            "_selected_action": director.pk,
            "post": "yes",
            "change_reason": "Not needed",
        },
    )
    assert list(Group.objects.get(name="Director").permissions.all()) == [
        permission("delete_permission")
    ]


@pytest.mark.parametrize("page", ["add", "change"])
def test_role_gets_nothing_that_its_editor_lacks(client, manager, page):
    client.force_login(manager)
    role = Group.objects.get(name="Front desk")
    where = role_page("add") if page == "add" else role_page("change", role)
    beyond = permission("delete_permission")
    response = send(client, where, name="Front desk+", permissions=[beyond.pk])

    assert "Select a valid choice" in response.content.decode()
    assert not Group.objects.filter(permissions=beyond).exists()


def test_role_that_its_editor_may_not_fill_is_not_emptied(client, chief):
    """Saving a page must not drop what the page did not show."""
    chief.user_permissions.remove(permission("manage_staff"))
    role = Group.objects.create(name="Viewers")
    role.permissions.add(permission("view_user"))
    client.force_login(chief)
    send(client, role_page("change", role), name="Watchers")

    assert list(role.permissions.all()) == [permission("view_user")]


def test_permission_that_no_page_offers_is_not_dropped_by_saving(client, root):
    role = Group.objects.create(name="Workers")
    role.permissions.add(permission("view_session"))
    role.user_set.add(root)
    root.user_permissions.add(permission("view_session"))
    client.force_login(root)
    send(client, role_page("change", role), name="Helpers")
    send(client, change_page(root), first_name="Rut")

    assert list(role.permissions.all()) == [permission("view_session")]
    assert rights_of(root)[3] == {"view_session"}
