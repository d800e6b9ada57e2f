"""What the guards refuse, and who changes factors and sessions, is written down."""

import pytest
from django.core import mail
from django.urls import reverse

from accounts.guards import throttle
from accounts.guards.sessions import reset_second_factor
from portal.models import SecurityEvent
from portal.security.events import Kind
from tests.accounts.guards.codes import CONFIRM, give_totp, sign_in, totp
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db

INDEX = reverse("admin:index")
EXPORT = reverse("admin:accounts_user_export")
STEP = reverse("mfa_reauthenticate")


def events(*kinds):
    found = SecurityEvent.objects.filter(kind__in=kinds).order_by("id")
    return [(each.kind, each.subject_name, each.details) for each in found]


@pytest.mark.bare_sign_in
def test_missing_second_factor_is_told_once_a_minute(client, manager):
    client.force_login(manager)
    for _look in range(3):
        client.get(INDEX)

    assert events(Kind.REFUSED) == [("refused", "", {"reason": "second factor"})]


def test_question_who_is_there_is_told_with_its_answer(client, root, clock):
    client.force_login(root)
    clock.move(20)
    client.post(client.get(EXPORT)["Location"], {"password": PASSWORD})

    assert events(Kind.REFUSED, Kind.CONFIRMED_AGAIN) == [
        ("refused", "", {"reason": "fresh sign-in"}),
        ("confirmed_again", "", {"method": "password"}),
    ]


def test_slowed_tries_are_told_once_a_minute(client, root, clock):
    client.force_login(root)
    for _try in range(throttle.PAIR.free + 3):
        client.post(CONFIRM, {"password": "wrong"})

    assert events(Kind.SLOWED_DOWN) == [("slowed_down", "root", {"seconds": 30})]


@pytest.mark.parametrize("typed", ["root@example.org", "nobody@example.org"])
def test_letter_asked_for_is_told(client, root, typed):
    client.post(reverse("account_reset_password"), {"email": typed})

    [event] = SecurityEvent.objects.filter(kind=Kind.RESET_ASKED)
    assert event.typed_name == typed


@pytest.mark.bare_sign_in
def test_wrong_and_right_codes_are_told(client, manager):
    give_totp(manager)
    client.force_login(manager)
    client.post(STEP, {"code": "000000"})
    client.post(STEP, {"code": totp()})

    assert events(Kind.FACTOR_FAILED, Kind.CONFIRMED_AGAIN) == [
        ("factor_failed", "manager", {"factor": "totp"}),
        ("confirmed_again", "", {"method": "mfa"}),
    ]


def test_reset_of_a_factor_is_told_and_written(
    manager, django_capture_on_commit_callbacks
):
    give_totp(manager)
    with django_capture_on_commit_callbacks(execute=True):
        reset_second_factor(None, manager, reason="asked")

    assert events(Kind.FACTOR_REMOVED) == [
        ("factor_removed", "manager", {"count": 1, "reason": "reset"})
    ]
    [letter] = mail.outbox
    assert letter.to == ["manager@example.org"]
    assert "All your second factors and recovery codes were removed" in letter.body


def test_sessions_ended_by_a_manager_are_told(client, manager, front_desk):
    sign_in(client, front_desk)
    client.force_login(manager)
    page = reverse("admin:accounts_user_sessions", args=[front_desk.pk])
    client.post(page, {"session": "all"})

    assert events(Kind.SESSION_ENDED) == [
        ("session_ended", "front_desk", {"count": 1, "reason": "by a manager"})
    ]
