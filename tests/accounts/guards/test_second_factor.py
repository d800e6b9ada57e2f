"""Rights that need a second factor open nothing until the session has used one."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import User
from tests.accounts.guards.codes import SECRET, give_key, give_totp, totp
from tests.conftest import PASSWORD

pytestmark = [pytest.mark.django_db, pytest.mark.bare_sign_in]

INDEX = reverse("admin:index")
ENROL = reverse("mfa_activate_totp")
SECOND_STEP = reverse("mfa_reauthenticate")
REMOVE = reverse("mfa_deactivate_totp")


def said(response):
    return " ".join(str(each) for each in response.context["messages"])


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("method", ["get", "post", "head", "put", "delete"])
@pytest.mark.parametrize("name", ["index", "accounts_user_changelist", "search"])
def test_without_a_factor_every_page_leads_to_enrolment(client, manager, name, method):
    client.force_login(manager)

    response = getattr(client, method)(reverse(f"admin:{name}"))

    assert (response.status_code, response["Location"].split("?")[0]) == (302, ENROL)


@pytest.mark.parametrize("role", ["importer", "auditor", "manager", "root"])
def test_each_such_role_must_enrol(request, client, role):
    client.force_login(request.getfixturevalue(role))

    assert client.get(INDEX)["Location"].startswith(ENROL)


def test_post_without_the_factor_changes_nothing(client, manager):
    client.force_login(manager)
    sent = {"first_name": "New", "last_name": "One", "access": "none"}

    client.post(reverse("admin:accounts_user_add"), sent)

    assert not User.objects.filter(first_name="New").exists()


def test_password_alone_does_not_stand_for_an_enrolled_factor(client, manager):
    give_totp(manager)
    client.force_login(manager)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    response = client.get(INDEX)

    assert response["Location"].startswith(SECOND_STEP)


def test_password_alone_enrols_no_other_factor(client, manager):
    give_totp(manager)
    client.force_login(manager)
    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})

    response = client.get(reverse("mfa_index"))

    assert response["Location"].startswith(SECOND_STEP)


def test_recovery_codes_alone_are_no_factor(client, manager):
    Authenticator.objects.create(user=manager, type="recovery_codes", data={})
    client.force_login(manager)

    assert client.get(INDEX)["Location"].startswith(ENROL)


def test_right_given_meanwhile_asks_at_the_next_request(client, front_desk):
    client.force_login(front_desk)
    assert client.get(INDEX).status_code == 200
    front_desk.user_permissions.add(Permission.objects.get(codename="export_user"))

    assert client.get(INDEX)["Location"].startswith(ENROL)


def test_role_given_meanwhile_asks_at_the_next_request(client, front_desk):
    client.force_login(front_desk)
    front_desk.groups.add(Group.objects.get(name="Auditor"))

    assert client.get(INDEX)["Location"].startswith(ENROL)


def test_wrong_code_opens_nothing(client, manager):
    give_totp(manager)
    client.force_login(manager)

    client.post(SECOND_STEP, {"code": "000000", "next": INDEX})

    assert client.get(INDEX).status_code == 302


@pytest.mark.parametrize("kind", ["script", "json", "htmx"])
def test_scripts_get_no_page(client, manager, kind):
    client.force_login(manager)
    sent = {
        "script": {"Sec-Fetch-Dest": "empty"},
        "json": {"Accept": "application/json"},
        "htmx": {"HX-Request": "true", "Sec-Fetch-Dest": "empty"},
    }[kind]

    response = client.get(reverse("admin:autocomplete"), headers=sent)

    if kind == "htmx":
        assert response["HX-Redirect"].startswith(ENROL)
    else:
        assert response.status_code == 403
        assert response.json()["url"].startswith(ENROL)


# --- The last factor -------------------------------------------------------------


@pytest.fixture
def enrolled(client, manager):
    give_totp(manager)
    client.force_login(manager)
    client.post(SECOND_STEP, {"code": totp(), "next": INDEX})
    return manager


@pytest.mark.parametrize("method", ["get", "post"])
def test_last_factor_stays(client, enrolled, method):
    response = getattr(client, method)(REMOVE, follow=True)

    assert Authenticator.objects.filter(user=enrolled, type="totp").exists()
    assert "add another before you remove this one" in said(response)


def test_factor_goes_when_there_is_another(client, enrolled):
    give_key(enrolled)

    client.post(REMOVE)

    assert not Authenticator.objects.filter(user=enrolled, type="totp").exists()


def test_whoever_needs_none_removes_it_and_what_it_showed(client, front_desk):
    give_totp(front_desk)
    client.force_login(front_desk)
    client.post(SECOND_STEP, {"code": totp(), "next": INDEX})
    client.post(REMOVE)
    front_desk.groups.add(Group.objects.get(name="Auditor"))

    assert not Authenticator.objects.filter(user=front_desk).exists()
    assert client.get(INDEX)["Location"].startswith(ENROL)


# --- What leads through ----------------------------------------------------------


def test_the_page_says_why_and_where_it_goes_on(client, manager):
    client.force_login(manager)
    people = reverse("admin:accounts_user_changelist")

    response = client.get(people)

    assert people in response["Location"].replace("%2F", "/")
    assert "set up a second factor" in said(
        client.get(response["Location"], follow=True)
    )


def test_second_step_leads_back(client, manager):
    give_totp(manager)
    client.force_login(manager)

    response = client.post(SECOND_STEP, {"code": totp(), "next": INDEX})

    assert response["Location"] == INDEX
    assert client.get(INDEX).status_code == 200


def test_key_alone_leads_to_the_page_of_keys(client, manager):
    give_key(manager)
    client.force_login(manager)

    assert "webauthn" in client.get(INDEX)["Location"]


@pytest.mark.parametrize("name", ["front_desk", "bystander"])
def test_others_need_none(request, client, name):
    client.force_login(request.getfixturevalue(name))

    assert client.get(INDEX).status_code == 200


def test_empty_list_asks_nobody(client, root, settings):
    settings.SECOND_FACTOR_RIGHTS = []
    client.force_login(root)

    assert client.get(INDEX).status_code == 200


def test_signing_out_is_possible(client, manager):
    client.force_login(manager)
    client.post(reverse("admin:logout"))

    assert "_auth_user_id" not in client.session


def test_handed_out_password_is_changed_first(client, manager):
    User.objects.filter(pk=manager.pk).update(must_change_password=True)
    client.force_login(manager)

    response = client.get(reverse("admin:password_change"), follow=True)

    assert response.status_code == 200
    assert ENROL not in str(response.redirect_chain)


def test_verified_session_costs_no_query(client, root, django_assert_num_queries):
    give_totp(root, SECRET)
    client.force_login(root)
    client.post(SECOND_STEP, {"code": totp(), "next": INDEX})
    page = reverse("admin:jsi18n")

    with django_assert_num_queries(2):  # The session and its person.
        assert client.get(page).status_code == 200
