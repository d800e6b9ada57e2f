"""Two workers, or a double click, at the same moment: one letter, one password."""

import os
import signal
import time
from collections import Counter
from unittest.mock import patch

import pytest
from django.db import connections
from django.test import Client
from django.utils import timezone

from accounts.models import User
from accounts.tokens import invitation_link
from portal.models import Letter, SecurityEvent
from portal.outbox import post
from portal.outbox.work import send_due
from portal.security.events import Kind
from tests.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)

BACKEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"
LETTERS, WORKERS = 12, 4


@pytest.fixture(autouse=True)
def no_worker(settings):
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }


def test_each_letter_is_sent_by_one_of_the_workers(manager):
    people = [
        User.objects.create(username=f"p{n}", email=f"p{n}@example.org")
        for n in range(LETTERS)
    ]
    for person in people:
        post("invitation", person=person, actor=manager)
    sent = []

    def slowly(_mail, messages):
        time.sleep(0.02)
        sent.extend(message.to[0] for message in messages)

    with patch(BACKEND, slowly):
        in_threads(*[send_due.call] * WORKERS)

    assert Counter(sent) == Counter(person.email for person in people)
    states = Letter.objects.values_list("state", "attempts")
    assert set(states) == {(Letter.State.SENT, 1)}


def killed_at(place, sent):
    """A worker that is killed there; it writes down the names of what it sends."""
    connections.close_all()
    child = os.fork()
    if not child:
        with patch(BACKEND, noting(sent)), patch(place, kill_itself):
            send_due.call()
        os._exit(0)
    _pid, status = os.waitpid(child, 0)
    assert os.WTERMSIG(status) == signal.SIGKILL


def kill_itself(*_args, **_kwargs):
    os.kill(os.getpid(), signal.SIGKILL)


def noting(sent):
    def note(_mail, messages):
        with sent.open("a") as file:
            file.writelines(f"{m.message()['Message-ID']}\n" for m in messages)

    return note


@pytest.mark.parametrize(
    ("place", "times"),
    [
        ("portal.outbox.delivery.kind_named", 1),
        ("portal.outbox.delivery.message_id", 1),
        # The mail server has it, and nobody knows.
        ("portal.outbox.delivery._note_sent", 2),
    ],
)
def test_letter_of_a_killed_worker_is_sent_by_the_next(
    manager, reader_user, tmp_path, place, times
):
    letter, sent = post("invitation", person=reader_user, actor=manager), tmp_path / "s"
    killed_at(place, sent)
    Letter.objects.update(due_at=timezone.now())
    with patch(BACKEND, noting(sent)):
        send_due.call()

    letter.refresh_from_db()
    names = sent.read_text().splitlines()
    assert (letter.state, letter.attempts) == (Letter.State.SENT, 2)
    assert (len(names), len(set(names))) == (times, 1)


def test_link_used_twice_at_once_sets_one_password(reader_user):
    path = invitation_link(reader_user, "")
    browsers = [Client(), Client()]
    [address] = {b.get(path, follow=True).request["PATH_INFO"] for b in browsers}

    def choose(browser, password):
        sent = {"new_password1": password, "new_password2": password}
        return browser.post(address, sent).status_code

    passwords = ["seventeen green herons", "eighteen grey herons"]
    codes = in_threads(
        *(
            lambda pair=pair: choose(*pair)
            for pair in zip(browsers, passwords, strict=True)
        )
    )

    assert sorted(codes) == [200, 302]
    assert SecurityEvent.objects.filter(kind=Kind.INVITATION_USED).count() == 1
