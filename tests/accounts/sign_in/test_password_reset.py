"""«Forgotten your password?»: who gets which letter, and what the link can do."""

from datetime import UTC, datetime

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.urls import reverse

from accounts.sign_in.letters import reset_letter, reset_link
from accounts.sign_in.posting import order_reset
from portal.models import Letter
from tests.accounts.sign_in.codes import give_app
from tests.posts import posted
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

CHOSEN = "seventeen green herons"
ASK = reverse("account_reset_password")


@pytest.fixture
def ask(client, django_capture_on_commit_callbacks):
    def ask(address):
        with django_capture_on_commit_callbacks(execute=True):
            return client.post(ASK, {"email": address})

    return ask


def choose(client, link, password=CHOSEN):
    opened = client.get(link, follow=True)
    form = opened.redirect_chain[-1][0] if opened.redirect_chain else link
    return client.post(form, {"password1": password, "password2": password})


# --- Who gets a letter -----------------------------------------------------------


@pytest.mark.parametrize("address", ["nobody@example.org", "front_desk@example.com"])
def test_unknown_address_gets_no_letter(ask, front_desk, address):
    assert ask(address)["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []


def test_switched_off_account_gets_no_letter_and_the_same_answer(ask, front_desk):
    front_desk.is_active = False
    front_desk.save()

    assert ask(front_desk.email)["Location"] == reverse("account_reset_password_done")
    assert mail.outbox == []


def test_account_switched_off_meanwhile_gets_no_letter(
    front_desk, django_capture_on_commit_callbacks
):
    front_desk.is_active = False
    front_desk.save()

    with django_capture_on_commit_callbacks(execute=True):
        order_reset(front_desk, "http://testserver/")

    assert mail.outbox == []


def test_who_has_no_password_is_told_so_without_a_link(ask, reader_user):
    ask(reader_user.email)

    [letter] = mail.outbox
    assert letter.to == [reader_user.email]
    assert "ask the library's staff for an invitation" in letter.body
    assert "/account/password/" not in letter.body


@pytest.mark.parametrize("typed", ["front_desk@example.org", "FRONT_DESK@Example.ORG"])
def test_letter_holds_the_username_and_a_link(ask, front_desk, typed):
    ask(typed)

    [letter] = mail.outbox
    assert letter.to == ["front_desk@example.org"]
    assert "front_desk" in letter.body
    assert "http://testserver/account/password/reset/key/" in letter.body
    assert letter.subject == "Choose a new password for Reading Room"


def test_letter_goes_to_the_address_that_staff_entered_last(
    ask, client, root, front_desk
):
    client.force_login(root)
    url = reverse("admin:accounts_user_change", args=[front_desk.pk])
    client.post(url, posted(client.get(url), email="new@example.org"))
    client.logout()
    # The notice to the older address is a matter of its own.
    Letter.objects.all().delete()

    ask("front_desk@example.org")
    ask("new@example.org")

    assert [letter.to for letter in mail.outbox] == [["new@example.org"]]
    assert not EmailAddress.objects.exists()


def test_letter_shows_the_name_as_text(front_desk):
    front_desk.first_name = "<b>Fred</b>"

    letter = reset_letter(front_desk, "http://testserver/")

    assert "&lt;b&gt;Fred" in letter.html
    assert "<b>Fred" in letter.text


# --- What the link can do --------------------------------------------------------


def refused(client, link):
    page = client.get(link, follow=True)
    return "This link does not work" in page.content.decode()


@pytest.mark.parametrize(
    "change",
    [
        {"is_active": False},
        {"email": "other@example.org"},
        {"last_login": datetime(2026, 1, 15, tzinfo=UTC)},
        {"password": "!"},
    ],
    ids=["switched off", "address", "signed in", "password"],
)
def test_link_is_dead_after(client, front_desk, change):
    link = reset_link(front_desk, "")
    for name, value in change.items():
        setattr(front_desk, name, value)
    front_desk.save()

    assert refused(client, link)


def test_link_is_dead_after_its_time(client, front_desk, settings):
    link = reset_link(front_desk, "")
    settings.PASSWORD_RESET_TIMEOUT = -1

    assert refused(client, link)


def test_link_works_once(client, front_desk):
    link = reset_link(front_desk, "")
    choose(client, link)
    choose(client, link, "eighteen red herons flew")

    front_desk.refresh_from_db()
    assert front_desk.check_password(CHOSEN)


def test_link_of_one_does_not_open_another(client, front_desk, manager):
    own, other = reset_link(front_desk, ""), reset_link(manager, "")
    key = own.rsplit("key/", 1)[1].split("-", 1)[1]
    number = other.rsplit("key/", 1)[1].split("-", 1)[0]

    assert refused(client, f"/account/password/reset/key/{number}-{key}")


@pytest.mark.parametrize("password", ["short", "123456789012345", "front_desk_desk"])
def test_weak_password_is_refused(client, front_desk, password):
    choose(client, reset_link(front_desk, ""), password)

    front_desk.refresh_from_db()
    assert not front_desk.check_password(password)


def test_new_password_signs_nobody_in_and_everybody_out(client, front_desk):
    sign_in(client, "front_desk")
    link = reset_link(type(front_desk).objects.get(pk=front_desk.pk), "")
    other = client.__class__()

    choose(other, link)

    assert "_auth_user_id" not in other.session
    assert client.get(reverse("admin:index")).status_code == 302


def test_new_password_does_not_pass_the_second_factor(client, front_desk):
    give_app(front_desk)
    choose(client, reset_link(front_desk, ""))

    response = sign_in(client, "front_desk", CHOSEN)

    assert response["Location"] == reverse("mfa_authenticate")
    assert client.get(reverse("admin:index")).status_code == 302


def test_new_password_is_chosen_by_the_person(client, front_desk):
    front_desk.must_change_password = True
    front_desk.save()
    choose(client, reset_link(front_desk, ""))

    front_desk.refresh_from_db()
    assert not front_desk.must_change_password


def test_address_with_the_secret_is_told_to_no_other_site(client, front_desk):
    response = client.get(reset_link(front_desk, ""))

    assert response["Referrer-Policy"] in ("no-referrer", "same-origin")
    assert "set-password" in response["Location"]
