"""Whoever's sign-in was changed gets a letter about it."""

import pytest
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.core import mail
from django.urls import reverse

from accounts.sign_in.devices import device_in_words
from accounts.sign_in.letters import notice_letter, reset_link
from accounts.sign_in.notices import NOTICES
from tests.accounts.sign_in.codes import code_of, give_app, give_key
from tests.conftest import PASSWORD
from tests.posts import posted
from tests.sign_in import change_password, sign_in

pytestmark = pytest.mark.django_db

CHOSEN = "seventeen green herons"
FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
EDGE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
)


@pytest.fixture
def told(client, django_capture_on_commit_callbacks):
    """Posts, and gives the one letter that came of it."""

    def told(act):
        mail.outbox.clear()
        with django_capture_on_commit_callbacks(execute=True):
            act()
        [letter] = mail.outbox
        return letter

    return told


def test_new_password_is_told(client, front_desk, told):
    sign_in(client, "front_desk")

    letter = told(lambda: change_password(client, PASSWORD, CHOSEN))

    assert letter.to == ["front_desk@example.org"]
    assert "Your password was changed." in letter.body
    assert CHOSEN not in letter.body


def test_password_from_a_letter_is_told(client, front_desk, told):
    [(form, _)] = client.get(reset_link(front_desk, ""), follow=True).redirect_chain

    sent = {"password1": CHOSEN, "password2": CHOSEN}
    letter = told(lambda: client.post(form, sent))

    assert "Your password was chosen anew" in letter.body


def test_new_app_is_told(client, front_desk, told):
    sign_in(client, "front_desk")
    url = reverse("mfa_activate_totp")
    client.get(url)
    code = code_of(client.session[SECRET_SESSION_KEY])

    letter = told(lambda: client.post(url, {"code": code}))

    assert "An authenticator app was added" in letter.body


def test_removed_app_is_told(client, front_desk, told):
    sign_in(client, "front_desk")
    give_app(front_desk)

    letter = told(lambda: client.post(reverse("mfa_deactivate_totp")))

    assert "The authenticator app was removed" in letter.body


def test_removed_key_is_told(client, front_desk, told):
    sign_in(client, "front_desk")
    key = give_key(front_desk)
    url = reverse("mfa_remove_webauthn", args=[key.pk])

    letter = told(lambda: client.post(url))

    assert "A passkey or security key was removed" in letter.body


def test_new_address_is_told_to_the_old_one(client, root, front_desk, told):
    client.force_login(root)
    url = reverse("admin:accounts_user_change", args=[front_desk.pk])
    sent = posted(client.get(url), email="new@example.org")

    letter = told(lambda: client.post(url, sent))

    assert letter.to == ["front_desk@example.org"]
    assert "new@example.org" not in letter.body


def test_saving_without_a_new_address_is_not_told(client, root, front_desk):
    client.force_login(root)
    url = reverse("admin:accounts_user_change", args=[front_desk.pk])
    mail.outbox.clear()

    client.post(url, posted(client.get(url), first_name="Fred"))

    assert mail.outbox == []


@pytest.mark.parametrize("kind", NOTICES)
def test_each_notice_can_be_read(front_desk, kind):
    letter = notice_letter(
        front_desk,
        kind,
        device="<i>Firefox</i>",
        address="192.0.2.1",
        base_url="http://testserver/",
    )

    assert "192.0.2.1" in letter.text and "http://testserver/" in letter.text
    assert "%(" not in letter.text and "<i>Fire" not in letter.html


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (FIREFOX, "Firefox on Linux"),
        (EDGE, "Edge on Windows"),
        ("curl/8.0", "an unknown device"),
        ("", "an unknown device"),
    ],
)
def test_device_is_told_in_words(user_agent, words):
    assert device_in_words(user_agent) == words
