"""The outbox: what is not sent, what is sent once, and what is tried again."""

from datetime import timedelta
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from unittest.mock import patch

import pytest
from django.contrib.auth.models import Group
from django.core import mail
from django.db import connection, transaction
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from accounts.models import User
from portal.models import Letter, SecurityEvent
from portal.outbox import post, watch
from portal.outbox.delivery import LEASE, PAUSES, take
from portal.outbox.work import send_due
from portal.security.events import Kind

pytestmark = pytest.mark.django_db

State = Letter.State
BACKEND = "django.core.mail.backends.locmem.EmailBackend.send_messages"
REFUSED = SMTPRecipientsRefused({"anna@example.org": (550, b"no such token-xyz")})
NOT_TAKEN = "The mail server does not take the person’s address."
GONE = SMTPServerDisconnected("anna@example.org token-xyz")


@pytest.fixture
def letter(manager, reader_user):
    return ordered(manager, reader_user)


def ordered(actor, person):
    return post("invitation", person=person, actor=actor, base_url="https://p.org/")


def now_as(letter):
    letter.refresh_from_db()
    return letter.state, letter.error


def send():
    send_due.call()


def fail_with(error):
    return patch(BACKEND, side_effect=error)


def make_due():
    Letter.objects.update(due_at=timezone.now())


# --- What is not sent -------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_letter_of_an_act_that_is_rolled_back_is_never_sent(manager, reader_user):
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        ordered(manager, reader_user)
        raise ZeroDivisionError
    send()

    assert (mail.outbox, Letter.objects.count()) == ([], 0)


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda actor, person: person.delete(), "is not there any more"),
        (lambda actor, person: person.__class__.objects.update(is_active=False), "act"),
        (lambda actor, person: blank_email(person), "has no e-mail address"),
        (lambda actor, person: actor.delete(), "manager may no longer invite"),
        (lambda actor, person: actor.groups.clear(), "manager may no longer invite"),
        (lambda actor, person: make_superuser(person), "manager may no longer invite"),
    ],
    ids=["gone", "inactive", "no address", "sender gone", "no right", "stands above"],
)
def test_letter_is_cancelled_when_it_may_no_longer_be_sent(
    letter, manager, reader_user, change, why
):
    change(manager, reader_user)
    send()

    state, error = now_as(letter)
    assert (state, mail.outbox) == (State.CANCELLED, [])
    assert why in error


def blank_email(person):
    person.email = ""
    person.save()


def make_superuser(person):
    User.objects.filter(pk=person.pk).update(is_superuser=True)


def test_sender_who_is_switched_off_sends_nothing(letter, manager):
    User.objects.filter(pk=manager.pk).update(is_active=False)
    send()

    assert now_as(letter)[0] == State.CANCELLED


def test_cancelled_letter_is_not_sent(letter):
    Letter.objects.all().cancel("Asked to")
    send()

    assert (now_as(letter), mail.outbox) == ((State.CANCELLED, "Asked to"), [])


def test_letter_cancelled_while_it_is_written_is_not_sent(letter):
    def cancel(*_args):
        Letter.objects.all().cancel("The import was undone.")

    with patch("django.core.mail.backends.locmem.EmailBackend.open", cancel):
        send()

    assert (now_as(letter)[0], mail.outbox) == (State.CANCELLED, [])


# --- What is sent -----------------------------------------------------------------


def test_letter_is_sent_once_and_recorded(letter, manager, reader_user):
    send()
    make_due()
    send()

    assert [sent.to for sent in mail.outbox] == [["anna@example.org"]]
    assert (now_as(letter), letter.attempts) == ((State.SENT, ""), 1)
    event = SecurityEvent.objects.get(kind=Kind.INVITATION_SENT)
    assert (event.actor_id, event.subject_id) == (manager.pk, reader_user.pk)
    assert event.details == {"letter": letter.pk}


def test_letter_that_is_taken_is_taken_by_nobody_else(letter):
    assert take(letter.pk) is not None
    assert take(letter.pk) is None

    send()
    assert mail.outbox == []


def test_letter_of_a_dead_worker_is_sent_under_the_same_name(letter):
    dying = patch("portal.outbox.delivery._note_sent", side_effect=SystemExit)
    with dying, pytest.raises(SystemExit):
        send()
    later = timezone.now() + LEASE + timedelta(seconds=1)
    with patch.object(timezone, "now", return_value=later):
        send()

    first, second = (sent.message()["Message-ID"] for sent in mail.outbox)
    assert first == second
    assert now_as(letter)[0] == State.SENT


def test_letters_to_different_people_have_different_names(letter, manager, outsider):
    ordered(manager, outsider)
    send()

    assert len({sent.message()["Message-ID"] for sent in mail.outbox}) == 2


def test_more_than_one_batch_is_sent_to_the_end(letter, manager, outsider):
    ordered(manager, outsider)
    with patch("portal.outbox.work.BATCH", 1):
        send()

    assert len(mail.outbox) == 2


# --- What is tried again ----------------------------------------------------------


def test_failure_is_retried_with_growing_pauses_and_then_given_up(letter):
    pauses = []
    for _try in range(len(PAUSES) + 1):
        make_due()
        with fail_with(REFUSED):
            send()
        letter.refresh_from_db()
        pauses.append(round((letter.due_at - timezone.now()) / timedelta(minutes=1)))

    assert pauses[:-1] == [1, 5, 30, 120, 720]
    assert now_as(letter) == (State.FAILED, NOT_TAKEN)
    assert newest_event() == (Kind.LETTER_FAILED, "anna.berg")


def newest_event():
    event = SecurityEvent.objects.first()
    return event.kind, event.subject_name


def test_failed_letter_goes_out_when_it_can(letter):
    with fail_with(REFUSED):
        send()
    make_due()
    send()

    assert (now_as(letter), letter.attempts) == ((State.SENT, ""), 2)
    assert len(mail.outbox) == 1


@pytest.mark.parametrize("error", [REFUSED, GONE])
def test_what_the_server_says_is_neither_kept_nor_logged(letter, caplog, error):
    with fail_with(error):
        send()

    assert "token-xyz" not in str(list(Letter.objects.values())) + caplog.text
    assert "anna@example.org" not in str(list(Letter.objects.values())) + caplog.text


def test_one_bad_address_does_not_stop_the_others(letter, manager, outsider):
    other = ordered(manager, outsider)
    with fail_with([REFUSED, 1]):
        send()

    assert (now_as(letter)[0], now_as(other)[0]) == (State.WAITING, State.SENT)


def test_server_that_is_gone_costs_the_others_no_try(letter, manager, outsider):
    other = ordered(manager, outsider)
    with fail_with(GONE):
        send()
    other.refresh_from_db()

    assert (letter.state, other.attempts) == (State.WAITING, 0)


def test_letter_that_kills_its_workers_is_given_up(letter):
    Letter.objects.update(attempts=len(PAUSES) + 1)
    send()

    assert now_as(letter) == (State.FAILED, "It was begun 6 times and never sent.")


# --- Who looks after them ---------------------------------------------------------


def test_watch_orders_what_is_due_once(letter, settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    assert [watch.take_up_again(), watch.take_up_again()] == [True, True]
    assert DBTaskResult.objects.ready().count() == 1


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL needs many rows")
def test_what_is_due_is_found_by_its_index_in_order(letter):
    plan = Letter.objects.due().order_by("due_at", "pk").explain()

    assert "letters_by_due_time" in plan and "TEMP B-TREE" not in plan


def test_watch_leaves_alone_what_is_not_due(letter):
    Letter.objects.update(due_at=timezone.now() + timedelta(minutes=1))

    assert watch.take_up_again() is False


def test_old_letters_go_and_waiting_ones_stay(letter, manager, outsider, settings):
    settings.SECURITY_EVENT_KEEP_DAYS = 30
    old = ordered(manager, outsider)
    long_ago = timezone.now() - timedelta(days=40)
    Letter.objects.filter(pk=old.pk).update(state="sent", finished_at=long_ago)
    watch.expire()

    assert list(Letter.objects.all()) == [letter]


def test_roles_of_the_sender_are_asked_anew(letter, manager):
    manager.groups.set(Group.objects.filter(name="Front desk"))
    send()

    assert now_as(letter)[0] == State.SENT
