"""Nobody hands out what they do not hold, whatever their browser sends."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.urls import reverse_lazy

from accounts.models import User
from tests.accounts.rights import change_page, permission, rights_of, send

ADD = reverse_lazy("admin:accounts_user_add")
RIGHTS = ["is_staff", "is_superuser", "groups", "user_permissions"]


def everything():
    return {
        "is_staff": "on",
        "is_superuser": "on",
        "groups": list(Group.objects.values_list("pk", flat=True)),
        "user_permissions": list(Permission.objects.values_list("pk", flat=True)),
    }


# --- Who may not manage staff ----------------------------------------------------


@pytest.mark.parametrize("who", ["front_desk", "importer"])
@pytest.mark.parametrize("target", ["reader_user", "self"])
def test_rights_on_the_change_page_are_ignored(request, client, who, target):
    actor = request.getfixturevalue(who)
    person = actor if target == "self" else request.getfixturevalue(target)
    before = rights_of(person)
    client.force_login(actor)

    response = send(client, change_page(person), first_name="New", **everything())

    assert response.status_code == 302
    assert rights_of(person) == before
    assert User.objects.get(pk=person.pk).first_name == "New"


@pytest.mark.parametrize("field", RIGHTS)
def test_rights_on_the_add_page_are_ignored(client, front_desk, field):
    client.force_login(front_desk)
    tampered = {field: everything()[field]}
    send(client, ADD, username="new", access="none", **tampered)

    assert rights_of(User.objects.get(username="new")) == (False, False, set(), set())


@pytest.mark.parametrize(
    "tampered",
    [
        {"password": "md5$x$00", "password1": "a secret", "password2": "a secret"},
        {"last_login": "2020-01-01", "date_joined": "2020-01-01"},
        {"must_change_password": "on"},
        {"id": "1", "pk": "1"},
        {"actor": "1", "access": "invitation"},
    ],
    ids=lambda tampered: next(iter(tampered)),
)
def test_other_fields_of_the_account_cannot_be_set(client, root, reader_user, tampered):
    kept = ["id", "password", "last_login", "date_joined", "must_change_password"]
    before = User.objects.values_list(*kept).get(pk=reader_user.pk)
    client.force_login(root)
    send(client, change_page(reader_user), **tampered)

    assert User.objects.values_list(*kept).get(pk=reader_user.pk) == before
    assert User.objects.count() == 2


# --- A manager -------------------------------------------------------------------


def test_manager_makes_staff_with_roles_they_hold(client, manager):
    desk = Group.objects.get(name="Front desk")
    client.force_login(manager)
    sent = {"username": "new", "access": "none", "is_staff": "on", "groups": [desk.pk]}
    send(client, ADD, **sent)

    made = User.objects.get(username="new")
    assert rights_of(made) == (True, False, {"Front desk"}, set())


@pytest.mark.parametrize("page", ["add", "change"])
def test_manager_cannot_make_a_superuser(client, manager, reader_user, page):
    client.force_login(manager)
    where = ADD if page == "add" else change_page(reader_user)
    send(client, where, access="none", is_superuser="on")

    assert not User.objects.filter(is_superuser=True).exists()


@pytest.mark.parametrize("target", ["reader_user", "auditor"])
@pytest.mark.parametrize("field", ["groups", "user_permissions"])
def test_manager_cannot_give_what_they_lack(
    request, client, manager, director, target, field
):
    person = request.getfixturevalue(target)
    before = rights_of(person)
    beyond = {"groups": director, "user_permissions": permission("delete_permission")}
    client.force_login(manager)

    response = send(client, change_page(person), **{field: [beyond[field].pk]})

    assert "Select a valid choice" in response.content.decode()
    assert rights_of(person) == before


def test_manager_cannot_add_a_role_that_they_lack_to_a_new_person(
    client, manager, director
):
    client.force_login(manager)
    send(client, ADD, username="new", access="none", groups=[director.pk])

    assert not User.objects.filter(username="new").exists()


def test_right_to_manage_staff_gives_no_roles_beyond_ones_own(
    client, chief, reader_user
):
    desk = Group.objects.get(name="Front desk")
    client.force_login(chief)
    response = send(client, change_page(reader_user), groups=[desk.pk])

    assert "Select a valid choice" in response.content.decode()
    assert rights_of(reader_user)[2] == set()


@pytest.mark.parametrize("who", ["front_desk", "manager", "root"])
def test_nobody_changes_their_own_rights(request, client, director, who):
    actor = request.getfixturevalue(who)
    before = rights_of(actor)
    client.force_login(actor)

    response = send(client, change_page(actor), first_name="New", **everything())

    assert response.status_code == 302
    assert rights_of(actor) == before
    assert User.objects.get(pk=actor.pk).first_name == "New"
