"""Sessions end when nobody uses them, and at the end of a day in any case."""

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.urls import reverse

from accounts.models import User
from tests.accounts.guards.codes import LOGIN, is_out, sign_in
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")


# --- Ends ------------------------------------------------------------------------


def test_idle_session_ends(client, front_desk, clock):
    client.force_login(front_desk)
    key = client.session.session_key
    clock.move(61)

    assert is_out(client.get(INDEX))
    assert not Session.objects.filter(pk=key).exists()


def test_session_in_use_ends_after_its_hours(client, front_desk, clock):
    client.force_login(front_desk)
    for _half_an_hour in range(24):
        clock.move(30)
        assert client.get(INDEX).status_code == 200
    clock.move(1)

    assert is_out(client.get(INDEX))


def test_session_that_does_not_say_when_it_began_ends(client, front_desk):
    client.force_login(front_desk)
    session = client.session
    del session["signed_in_at"]
    session.save()

    assert is_out(client.get(INDEX))


def test_pages_that_fetch_by_themselves_keep_no_session_alive(
    client, front_desk, clock
):
    client.force_login(front_desk)
    for _minutes in range(7):
        clock.move(10)
        client.get(INDEX, headers={"Sec-Fetch-Dest": "empty"})

    assert is_out(client.get(INDEX))


def test_post_to_an_ended_session_changes_nothing(client, front_desk, clock):
    client.force_login(front_desk)
    clock.move(61)
    page = reverse("admin:accounts_user_add")
    sent = {"first_name": "New", "access": "none"}

    assert is_out(client.post(page, sent))
    assert not User.objects.filter(first_name="New").exists()


def test_script_is_told_and_the_next_page_says_so(client, front_desk, clock):
    client.force_login(front_desk)
    clock.move(61)

    told = client.get(INDEX, headers={"Sec-Fetch-Dest": "empty"})
    shown = client.get(INDEX, follow=True)

    assert told.status_code == 401
    assert "your session is over" in str(*shown.context["messages"])


def test_sign_in_page_says_why_and_goes_on(client, front_desk, clock):
    client.force_login(front_desk)
    clock.move(61)
    people = reverse("admin:accounts_user_changelist")
    asked = client.get(people)
    shown = client.get(asked["Location"])
    signed_in = sign_in(client, front_desk, next=people)

    assert "your session is over" in str(*shown.context["messages"])
    assert signed_in["Location"] == people


def test_sign_in_page_opens_for_an_ended_session(client, front_desk, clock):
    client.force_login(front_desk)
    clock.move(61)

    assert client.get(LOGIN).status_code == 200


def test_limits_are_settings(client, front_desk, clock, settings):
    settings.SESSION_IDLE_MINUTES = 5
    client.force_login(front_desk)
    clock.move(6)

    assert is_out(client.get(INDEX))


# --- Use -------------------------------------------------------------------------


def test_looks_within_minutes_write_nothing(
    client, front_desk, clock, django_assert_num_queries
):
    client.force_login(front_desk)
    clock.move(4)

    with django_assert_num_queries(2):  # The session and its person.
        client.get(reverse("admin:jsi18n"))


def test_use_is_noted_after_a_while(client, front_desk, clock):
    sign_in(client, front_desk)
    key = client.session.session_key
    before = UserSession.objects.get(session_key=key).last_seen_at
    clock.move(6)
    client.get(INDEX, REMOTE_ADDR="192.0.2.9")

    noted = UserSession.objects.get(session_key=key)
    assert noted.last_seen_at > before
    assert noted.ip == "192.0.2.9"


def test_sign_in_is_kept_with_device_and_address(client, front_desk):
    client.post(
        LOGIN,
        {"login": "front_desk", "password": PASSWORD},
        headers={"User-Agent": "Firefox"},
        REMOTE_ADDR="192.0.2.7",
    )

    kept = UserSession.objects.get(user=front_desk)
    assert (kept.ip, kept.user_agent) == ("192.0.2.7", "Firefox")


def test_address_is_what_connects_not_what_is_said(client, front_desk):
    client.post(
        LOGIN,
        {"login": "front_desk", "password": PASSWORD},
        headers={"X-Forwarded-For": "203.0.113.1"},
        REMOTE_ADDR="192.0.2.7",
    )

    assert UserSession.objects.get(user=front_desk).ip == "192.0.2.7"


def test_session_gets_another_key_at_sign_in(client, front_desk):
    client.get(LOGIN)
    session = client.session
    session["before"] = 1
    session.save()
    before = session.session_key

    sign_in(client, front_desk)

    assert client.session.session_key != before
    assert not Session.objects.filter(session_key=before).exists()


def test_session_whose_key_changed_is_listed_again(client, front_desk, clock):
    sign_in(client, front_desk)
    session = client.session
    session.cycle_key()
    session.save()
    client.cookies["sessionid"] = session.session_key
    clock.move(6)
    client.get(INDEX)

    assert UserSession.objects.filter(session_key=session.session_key).exists()
