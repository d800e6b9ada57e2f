"""Managers end others' sessions and reset lost factors, of nobody above them."""

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from allauth.usersessions.models import UserSession
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from portal.models import Letter, SecurityEvent
from tests.accounts.guards.codes import CONFIRM, give_totp, is_out, sign_in

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
ALL = {"session": "all"}


def page(person, name="sessions"):
    return reverse(f"admin:accounts_user_{name}", args=[person.pk])


def browser(person, address="192.0.2.1"):
    """A browser in which somebody has signed in."""
    client = Client(REMOTE_ADDR=address)
    sign_in(client, person)
    return client


@pytest.fixture
def there(front_desk):
    return browser(front_desk)


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("name", ["sessions", "reset_factor", "unlink"])
@pytest.mark.parametrize("who", ["bystander", "front_desk", "importer", "auditor"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_pages_are_closed_to_who_manages_no_staff(
    request, client, reader_user, who, name, method
):
    client.force_login(request.getfixturevalue(who))

    assert getattr(client, method)(page(reader_user, name), ALL).status_code == 403


@pytest.mark.parametrize("name", ["sessions", "reset_factor", "unlink"])
@pytest.mark.parametrize("method", ["get", "post"])
def test_nobody_touches_who_stands_above(client, manager, root, name, method):
    browser(root)
    give_totp(root)
    SocialAccount.objects.create(user=root, provider="sso", uid="7")
    client.force_login(manager)

    response = getattr(client, method)(page(root, name), ALL)

    assert response.status_code == 403
    assert SocialAccount.objects.filter(user=root).exists()
    assert Authenticator.objects.filter(user=root).exists()
    assert UserSession.objects.filter(user=root).exists()


@pytest.mark.parametrize("name", ["sessions", "reset_factor", "unlink"])
def test_pages_of_who_is_beyond_the_staff_one_manages_are_closed(
    client, front_desk, people, north, limited_role, name
):
    """To change people of every branch is another role's right."""
    front_desk.groups.add(limited_role("North boss", north, like="Manager"))
    client.force_login(front_desk)
    near, far = people["northern"], people["southern"]

    assert client.post(page(near, name), ALL).status_code == 302
    assert client.post(page(far, name), ALL).status_code == 403


@pytest.mark.parametrize("name", ["sessions", "reset_factor", "unlink"])
def test_strangers_are_sent_to_the_sign_in(client, reader_user, name):
    assert is_out(client.post(page(reader_user, name), ALL))


@pytest.mark.parametrize("name", ["reset_factor", "unlink"])
def test_nobody_takes_their_own_away_here(client, manager, name):
    give_totp(manager)
    client.force_login(manager)

    assert client.post(page(manager, name)).status_code == 403
    assert Authenticator.objects.filter(user=manager).exists()


def test_look_ends_and_resets_nothing(client, manager, front_desk, there):
    give_totp(front_desk)
    client.force_login(manager)

    assert client.get(page(front_desk)).status_code == 200
    assert client.get(page(front_desk, "reset_factor")).status_code == 405
    assert there.get(INDEX).status_code == 200
    assert Authenticator.objects.filter(user=front_desk).exists()


@pytest.mark.parametrize("chosen", ["", "0", "x", "9" * 25, "²"])
def test_odd_choice_ends_none(client, manager, front_desk, there, chosen):
    client.force_login(manager)

    assert client.post(page(front_desk), {"session": chosen}).status_code == 302
    assert there.get(INDEX).status_code == 200


def test_session_of_another_person_stays(client, manager, front_desk, reader_user):
    there = browser(front_desk)
    client.force_login(manager)
    other = UserSession.objects.get(user=front_desk)
    client.post(page(reader_user), {"session": other.pk})

    assert there.get(INDEX).status_code == 200


@pytest.mark.parametrize("name", ["sessions", "reset_factor", "unlink"])
def test_both_ask_for_a_fresh_sign_in(client, manager, front_desk, there, clock, name):
    client.force_login(manager)
    clock.move(20)

    response = client.post(page(front_desk, name), ALL)

    assert response["Location"].startswith(CONFIRM)
    assert there.get(INDEX).status_code == 200


# --- Ending ----------------------------------------------------------------------


def test_page_lists_where_somebody_is_signed_in(client, manager, front_desk, there):
    client.force_login(manager)

    assert "192.0.2.1" in client.get(page(front_desk)).content.decode()


def test_one_session_ends_and_the_other_stays(client, manager, front_desk, there):
    elsewhere = browser(front_desk, "192.0.2.2")
    client.force_login(manager)
    one = UserSession.objects.get(user=front_desk, ip="192.0.2.1")
    client.post(page(front_desk), {"session": one.pk})

    assert there.get(INDEX).status_code == 302
    assert elsewhere.get(INDEX).status_code == 200


def test_all_sessions_end(client, manager, front_desk, there):
    elsewhere = browser(front_desk)
    client.force_login(manager)
    client.post(page(front_desk), ALL)

    assert [there.get(INDEX).status_code, elsewhere.get(INDEX).status_code] == [302] * 2
    assert not UserSession.objects.filter(user=front_desk).exists()


def test_person_page_links_to_the_sessions_for_managers_alone(
    client, manager, importer, reader_user
):
    change = reverse("admin:accounts_user_change", args=[reader_user.pk])
    shown = []
    for who in (manager, importer):
        client.force_login(who)
        shown.append(page(reader_user) in client.get(change).content.decode())

    assert shown == [True, False]


# --- Resetting -------------------------------------------------------------------


def test_reset_takes_all_factors_and_sessions(client, manager, front_desk, there):
    give_totp(front_desk)
    Authenticator.objects.create(user=front_desk, type="recovery_codes", data={})
    client.force_login(manager)
    client.post(page(front_desk, "reset_factor"))

    assert not Authenticator.objects.filter(user=front_desk).exists()
    assert there.get(INDEX).status_code == 302


def test_command_lets_an_administrator_in_again(root):
    give_totp(root)
    call_command("reset_second_factor", "ROOT")

    assert not Authenticator.objects.filter(user=root).exists()


def test_command_knows_no_stranger(db):
    with pytest.raises(CommandError, match="Nobody has the username «nobody»"):
        call_command("reset_second_factor", "nobody")


def test_device_stands_there_in_words(client, manager, front_desk):
    agent = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    sign_in(Client(REMOTE_ADDR="192.0.2.1", headers={"User-Agent": agent}), front_desk)
    client.force_login(manager)
    shown = client.get(page(front_desk)).content.decode()

    assert f'title="{agent}">Firefox on Linux' in shown


# --- Removing a link -------------------------------------------------------------


def test_removed_link_is_an_event_and_told_by_letter(
    client, manager, front_desk, importer
):
    for uid, person in (("7", front_desk), ("8", importer)):
        SocialAccount.objects.create(user=person, provider="sso", uid=uid)
    client.force_login(manager)
    client.post(page(front_desk, "unlink"))

    assert [link.uid for link in SocialAccount.objects.all()] == ["8"]
    event = SecurityEvent.objects.get(kind=SecurityEvent.Kind.ACCOUNT_UNLINKED)
    assert (event.actor_name, event.subject_name) == ("manager", "front_desk")
    assert Letter.objects.get(kind="notice").details["to"] == front_desk.email


def test_whoever_came_in_by_a_removed_link_is_signed_out(
    client, manager, front_desk, there
):
    client.force_login(manager)
    client.post(page(front_desk, "unlink"))
    without = there.get(INDEX).status_code
    SocialAccount.objects.create(user=front_desk, provider="sso", uid="7")
    client.post(page(front_desk, "unlink"))

    assert (without, there.get(INDEX).status_code) == (200, 302)


def test_link_stands_on_the_page_of_who_has_one(client, manager, front_desk):
    client.force_login(manager)
    before = client.get(page(front_desk)).content.decode()
    SocialAccount.objects.create(user=front_desk, provider="sso", uid="7")
    after = client.get(page(front_desk)).content.decode()

    assert ["Remove the link" in shown for shown in (before, after)] == [False, True]
