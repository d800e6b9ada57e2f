"""Erasure: the person's data is nowhere any more, and history still proves itself."""

from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import CommandError, call_command
from django.test import RequestFactory
from django.urls import reverse

from accounts.models import User
from portal.history.acts import change_set
from portal.history.verify import verify
from portal.models import ChangeSet, Letter, SecurityEvent
from portal.outbox import post
from portal.security.events import Kind, record_event
from readers.models import Reader

pytestmark = pytest.mark.django_db

# No number that a key or a new card could have by chance.
TRACES = ("anna", "Berg", "30 901820", "CARD-77", "1990-05-06", "shy")


@pytest.fixture
def anna(manager, reader_user):
    """With a history: a form, an act on several people, a role."""
    reader = reader_user.reader
    reader.phone, reader.card_number = "+4930901820", "CARD-77"
    reader.notes, reader.birth_date = "Very shy", "1990-05-06"
    with change_set(actor=manager, subject="Person Anna Berg", reason="anna asked"):
        reader.save()
    with change_set(actor=manager, subject="june.csv", reason="For all of June"):
        reader_user.is_active = False
        reader_user.save()
        User.objects.create_user("other")
    reader_user.groups.add(Group.objects.get(name="Auditor"))
    return reader_user


def run(*arguments):
    out = StringIO()
    call_command("forget_person", *arguments, stdout=out)
    return out.getvalue()


def traces():
    """What a dump of everything still says about Anna."""
    out = StringIO()
    call_command("dumpdata", stdout=out)
    return [trace for trace in TRACES if trace in out.getvalue()]


# --- Refusals ---------------------------------------------------------------------


def test_nothing_is_written_without_commit(anna):
    before = ChangeSet.objects.count()

    said = run("anna.berg")

    assert f"no. {anna.pk} is there" in said and "Nothing written" in said
    assert (ChangeSet.objects.count(), traces()) == (before, list(TRACES))


def test_writing_needs_a_reason(anna):
    with pytest.raises(CommandError, match="--reason"):
        run("anna.berg", "--commit")


def test_unknown_username_is_refused(anna):
    with pytest.raises(CommandError, match="Nobody has"):
        run("anna.bergg")


def test_username_that_two_people_had_needs_a_number(anna):
    first = anna.pk
    anna.delete()
    second = User.objects.create_user("anna.berg").pk

    with pytest.raises(CommandError, match=f"one of {first}, {second}"):
        run("anna.berg")
    with pytest.raises(CommandError, match="never had"):
        run("anna.berg", "--number", "0")
    run("anna.berg", "--number", str(first), "--commit", "--reason", "Asked")

    assert User.objects.filter(pk=second, username="anna.berg").exists()


# --- What is erased, what stays -----------------------------------------------------


@pytest.mark.parametrize("is_there", [True, False])
def test_person_is_nowhere_any_more(anna, is_there):
    assert traces() == list(TRACES)
    if not is_there:
        anna.delete()

    run("anna.berg", "--commit", "--reason", "Asked to be erased")

    assert traces() == []


def test_history_still_tells_that_somebody_was_there(anna):
    number, versions = anna.pk, anna.history.count()

    run("anna.berg", "--commit", "--reason", "Asked")

    rows = User.history.filter(id=number).order_by("history_id")
    assert rows.count() == versions + 1
    assert {row.username for row in rows} == {f"forgotten-{number}"}
    assert rows.last().relations["groups"][0][1] == "Auditor"
    assert not Reader.objects.filter(user=number).exists()


def test_reasons_of_acts_on_others_too_stay(anna):
    run("anna.berg", "--commit", "--reason", "Asked")

    assert ChangeSet.objects.filter(reason="For all of June").exists()
    assert not ChangeSet.objects.filter(reason="anna asked").exists()


def test_erasure_is_in_the_history_and_verifies(anna):
    run("anna.berg", "--commit", "--reason", "Asked")

    acts = ChangeSet.objects.filter(origin="forget_person").order_by("pk")
    assert [act.deleted_count for act in acts] == [2, 0]
    assert {act.reason for act in acts} == {"Asked"}
    assert verify() == []


def test_others_keep_their_history(anna):
    before = list(User.history.exclude(id=anna.pk).values())

    run("anna.berg", "--commit", "--reason", "Asked")

    assert list(User.history.exclude(id=anna.pk).values()) == before


def test_comment_of_a_review_about_the_person_is_erased(anna, auditor, client):
    made = ChangeSet.objects.get(subject="Person Anna Berg")
    sent = {"verdict": "flagged", "change_reason": "Ask Berg", "chosen": f"{made.pk}:"}
    client.force_login(auditor)
    client.post(reverse("admin:portal_review"), sent)
    assert made.reviews.get().comment == "Ask Berg"

    run("anna.berg", "--commit", "--reason", "Asked by letter")

    review = made.reviews.get()
    assert (review.verdict, review.comment) == ("flagged", "")
    assert traces() == [] and verify() == []


# --- Security events ------------------------------------------------------------------


def events_of(anna):
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.7")
    request.META["HTTP_USER_AGENT"] = "Firefox/140 of Berg"
    record_event(Kind.SIGN_IN_FAILED, request=request, typed_name="Anna@Example.org")
    record_event(Kind.EXPORTED, request=request, actor=anna, file="list of anna.berg")
    record_event(Kind.SIGN_IN_FAILED, request=request, subject=anna)


def test_security_events_of_the_person_name_nobody_any_more(anna):
    events_of(anna)

    run("anna.berg", "--commit", "--reason", "Asked")

    assert traces() == []
    told = SecurityEvent.objects.exclude(kind=Kind.PASSWORD_CHANGED)
    assert set(told.values_list("address", "user_agent")) == {(None, "")}
    assert told.filter(actor_name=f"forgotten-{anna.pk}").count() == 1


def test_security_events_of_others_stay(anna, manager):
    record_event(Kind.EXPORTED, actor=manager, file="people.csv")
    before = list(SecurityEvent.objects.filter(actor_id=manager.pk).values())

    run("anna.berg", "--commit", "--reason", "Asked")

    assert list(SecurityEvent.objects.filter(actor_id=manager.pk).values()) == before


def test_letters_to_the_person_go_and_those_in_its_name_stay(anna, manager):
    post("invitation", person=anna, actor=manager)
    post("invitation", person=manager, actor=anna)

    run("anna.berg", "--commit", "--reason", "Asked")

    assert traces() == []
    assert Letter.objects.get().actor_name == f"forgotten-{anna.pk}"
