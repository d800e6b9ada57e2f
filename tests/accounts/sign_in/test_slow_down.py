"""The sign-in says how long to wait, when wrong tries are slowed."""

import pytest

from accounts.guards import throttle
from tests.conftest import PASSWORD
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def tried(monkeypatch):
    """The names that were tried, each of which must wait."""
    names = []

    def admit(request, typed_name):
        names.append(typed_name)
        raise throttle.SlowDown(90)

    monkeypatch.setattr(throttle, "admit", admit)
    return names


def test_who_must_wait_is_told_so_whatever_the_password(client, front_desk, tried):
    page = sign_in(client, "front_desk", PASSWORD)

    assert "_auth_user_id" not in client.session
    assert str(throttle.SlowDown(90)) in page.content.decode()
    assert tried == ["front_desk"]


def test_right_password_is_reported(client, front_desk, monkeypatch):
    told = []
    monkeypatch.setattr(throttle, "succeeded", lambda request, user: told.append(user))

    sign_in(client, "front_desk", "wrong")
    sign_in(client, "front_desk")

    assert told == [front_desk]
