"""A save that did not get its turn: told in words, and what was typed goes on."""

import re
import sqlite3
from contextlib import contextmanager
from html import unescape

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.models import Letter
from tests.posts import posted

pytestmark = pytest.mark.django_db(transaction=True)
IS_SQLITE = connection.vendor == "sqlite"
ADD = reverse("admin:accounts_user_add")


@contextmanager
def busy():
    """Somebody else writes to people and branches, and does not come to an end."""
    other = connection.copy()
    impatient = "PRAGMA busy_timeout = 50" if IS_SQLITE else "SET lock_timeout = '50ms'"
    with connection.cursor() as cursor, other.cursor() as writing:
        cursor.execute(impatient)
        writing.execute("BEGIN IMMEDIATE" if IS_SQLITE else "BEGIN")
        if not IS_SQLITE:
            writing.execute("LOCK accounts_user, readers_branch IN EXCLUSIVE MODE")
        yield
        writing.execute("ROLLBACK")
    other.close()
    # The next one is as patient as usual.
    connection.close()


@pytest.fixture
def form(client, root):
    client.force_login(root)
    return posted(
        client.get(ADD), first_name="Ada", last_name="Lovelace", access="none"
    )


def test_save_that_does_not_get_its_turn_says_so_and_saves_nothing(client, form):
    with busy():
        response = client.post(ADD, form)

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert "Nothing was changed" in response.content.decode()
    assert not User.objects.filter(last_name="Lovelace").exists()


def test_page_sends_the_same_form_once_more(client, form):
    form |= {"first_name": '\n"Ada" </textarea>\n  & co', "_addanother": "1"}
    sent = {name: str(value) for name, value in form.items() if value != []}
    with busy():
        shown = client.post(f"{ADD}?_popup=1", form).content.decode()

    client.post(*form_on(shown))

    assert form_on(shown)[0] == f"{ADD}?_popup=1"
    assert form_on(shown)[1].items() >= sent.items()
    assert User.objects.filter(last_name="Lovelace").exists()


def form_on(shown):
    """Address and fields of the page's one form, as a browser reads them."""
    [form] = re.findall(r"<form.*?</form>", shown, re.DOTALL)
    pattern = r'<textarea hidden name="(.*?)">\n(.*?)</textarea>'
    fields = re.findall(pattern, form, re.DOTALL)
    address = re.search(r'action="(.*?)"', form)[1]
    return unescape(address), {unescape(k): unescape(v) for k, v in fields}


def test_form_that_is_sent_again_has_a_token_of_its_own(root, form):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(root)
    strict.get(ADD)
    token = strict.cookies["csrftoken"].value
    with busy():
        sent = form | {"csrfmiddlewaretoken": token}
        shown = strict.post(ADD, sent).content.decode()
    [fresh] = re.findall(r'name="csrfmiddlewaretoken" value="(\w+)"', shown)
    address, fields = form_on(shown)

    response = strict.post(address, fields | {"csrfmiddlewaretoken": fresh})

    assert "csrfmiddlewaretoken" not in fields
    assert response.status_code == 302


@pytest.mark.parametrize(
    "more",
    [
        {"new_password": "correct horse"},
        {"file": SimpleUploadedFile("people.csv", b"username\nada\n")},
    ],
    ids=["secret", "file"],
)
def test_neither_secret_nor_file_is_repeated(client, form, more):
    with busy():
        response = client.post(ADD, form | more)
    shown = response.content.decode()

    assert response.status_code == 503
    assert "<form" not in shown
    assert "correct horse" not in shown
    assert "Go back, look whether it was done" in shown


def test_code_of_a_branch_is_no_secret(client, root, transactional_db):
    client.force_login(root)
    address = reverse("admin:readers_branch_add")
    with busy():
        shown = client.post(address, {"code": "N", "name": "North"}).content.decode()

    assert form_on(shown) == (address, {"code": "N", "name": "North"})


def test_step_of_a_sign_in_is_not_repeated(client, monkeypatch):
    monkeypatch.setattr(
        "accounts.sign_in.forms.SignInForm.clean", lambda form: raise_busy()
    )
    shown = client.post(reverse("account_login"), {"login": "root"}).content.decode()

    assert "The portal is busy" in shown
    assert "<form" not in shown


def raise_busy():
    cause = sqlite3.OperationalError("database is locked")
    cause.sqlite_errorcode = sqlite3.SQLITE_BUSY
    raise OperationalError("database is locked") from cause


def test_what_is_done_stays_done_if_the_queue_is_busy(client, form, monkeypatch):
    monkeypatch.setattr("portal.outbox.posting.send_soon", raise_busy)
    form |= {"access": "invitation", "email": "ada@example.org"}
    response = client.post(ADD, form)

    assert response.status_code == 302
    assert Letter.objects.get().state == Letter.State.WAITING
    assert User.objects.filter(last_name="Lovelace").exists()


def test_what_is_done_is_told_if_the_session_cannot_be_saved(client, form, monkeypatch):
    save = "django.contrib.sessions.backends.db.SessionStore.save"
    monkeypatch.setattr(save, lambda *args, **kwargs: raise_busy())
    response = client.post(ADD, form)

    assert response.status_code == 302
    assert User.objects.filter(last_name="Lovelace").exists()


@pytest.mark.skipif(not IS_SQLITE, reason="One writes at a time")
def test_page_is_shown_meanwhile_though_the_last_use_is_long_ago(client, root):
    client.force_login(root)
    session = client.session
    session["seen_at"] -= 600
    session.save()
    with busy():
        response = client.get(ADD)

    assert response.status_code == 200


def test_other_trouble_of_the_database_is_no_wait(client, monkeypatch):
    def ask_nowhere(*args):
        with connection.cursor() as cursor:
            cursor.execute("SELECT * FROM nowhere")

    monkeypatch.setattr("accounts.views.InvitationDoneView.get", ask_nowhere)
    client.raise_request_exception = False

    assert client.get(reverse("accounts:invitation_done")).status_code == 500
