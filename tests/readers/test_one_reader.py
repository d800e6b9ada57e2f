"""One person, one Reader, however the User comes to be."""

import json

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Reader
from tests.posts import errors_of, posted

pytestmark = pytest.mark.django_db

ADD = "admin:accounts_user_add"
SECOND_FORM = {"reader-TOTAL_FORMS": "2", "reader-1-joined_on": "2026-01-15"}


def readers_of(username):
    return Reader.objects.filter(user__username=username)


@pytest.fixture
def load(tmp_path):
    """Load these (model, fields) as a fixture file."""

    def load(*rows):
        path = tmp_path / "people.json"
        path.write_text(json.dumps([{"model": m, "fields": f} for m, f in rows]))
        call_command("loaddata", path, verbosity=0)

    return load


@pytest.fixture
def without_reader(reader_user):
    Reader.objects.filter(user=reader_user).delete()
    return User.objects.get(pk=reader_user.pk)


def change_page(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


# --- Refusals --------------------------------------------------------------------


def test_second_reader_is_refused_by_the_database(reader_user):
    with pytest.raises(IntegrityError), transaction.atomic():
        Reader.objects.create(user=reader_user)


def test_user_is_not_kept_when_its_reader_is_refused(reader_user):
    user = User(username="other")
    Reader(user=user, card_number=reader_user.reader.card_number)

    with pytest.raises(IntegrityError), transaction.atomic():
        user.save()

    assert not User.objects.filter(username="other").exists()


@pytest.mark.parametrize(
    "tampered",
    [
        SECOND_FORM,
        {"reader-TOTAL_FORMS": "1", "reader-INITIAL_FORMS": "1"},
        {"reader-TOTAL_FORMS": "0"},
        {"reader-TOTAL_FORMS": "many"},
        {"reader-TOTAL_FORMS": None, "reader-INITIAL_FORMS": None},
        {"reader-0-DELETE": "on"},
    ],
)
def test_tampered_add_form_never_makes_two_or_none(client, front_desk, tampered):
    client.force_login(front_desk)
    data = posted(client.get(reverse(ADD)), username="new", access="none", **tampered)

    response = client.post(reverse(ADD), data)

    assert response.status_code in (200, 302)
    users = User.objects.filter(username="new").count()
    assert readers_of("new").count() == users
    assert users == (response.status_code == 302)


@pytest.mark.parametrize("field", ["reader-0-id", "reader-0-user"])
def test_reader_of_somebody_else_cannot_be_named(
    client, front_desk, reader_user, field
):
    client.force_login(front_desk)
    data = posted(client.get(change_page(reader_user)), reader__0__notes="Mine")
    theirs = {"reader-0-id": front_desk.reader.pk, "reader-0-user": front_desk.pk}

    client.post(change_page(reader_user), data | {field: theirs[field]})

    front_desk.reader.refresh_from_db()
    assert (front_desk.reader.notes, front_desk.reader.user) == ("", front_desk)
    assert readers_of("anna.berg").count() == 1


@pytest.mark.parametrize(
    "tampered",
    [
        SECOND_FORM,
        {"reader-INITIAL_FORMS": "0"},
        {"reader-INITIAL_FORMS": "7", "reader-TOTAL_FORMS": "7"},
        {"reader-0-DELETE": "on"},
    ],
)
def test_tampered_change_form_keeps_one_reader(
    client, front_desk, reader_user, tampered
):
    client.force_login(front_desk)
    data = posted(client.get(change_page(reader_user)), **tampered)

    response = client.post(change_page(reader_user), data)

    assert response.status_code in (200, 302)
    assert Reader.objects.get(user=reader_user) == reader_user.reader


# --- Each way in -----------------------------------------------------------------


def test_createsuperuser_gives_one():
    call_command("createsuperuser", "--noinput", username="boss", email="", verbosity=0)

    assert readers_of("boss").get().card_number.startswith("RR")
    assert User.objects.get(username="boss").is_superuser


def test_shell_gives_one():
    User.objects.create(username="anna")

    assert readers_of("anna").count() == 1


def test_reader_hung_on_the_user_is_the_one():
    user = User(username="anna")
    reader = Reader(user=user, card_number="LIB-1")
    user.save()
    reader.save()

    assert readers_of("anna").get() == reader
    assert (reader.card_number, reader.history.count()) == ("LIB-1", 1)


def test_bulk_create_gives_each_one():
    users = User.objects.bulk_create([User(username="one"), User(username="two")])

    assert Reader.objects.filter(user__in=users).count() == 2


def test_saving_again_makes_no_second(reader_user):
    reader_user.save()
    User.objects.get(pk=reader_user.pk).save()

    assert readers_of("anna.berg").count() == 1


def test_fixture_with_the_profile_keeps_its_own(load):
    load(
        ("accounts.user", {"username": "anna"}),
        ("readers.reader", {"user": ["anna"], "card_number": "LIB-1"}),
    )

    assert readers_of("anna").get().card_number == "LIB-1"


def test_fixture_without_the_profile_makes_none(load):
    load(("accounts.user", {"username": "anna"}))

    assert not readers_of("anna").exists()


def test_fixture_load_is_recorded_as_one_act(load):
    load(
        ("accounts.user", {"username": "anna", "groups": [["Auditor"]]}),
        ("readers.reader", {"user": ["anna"]}),
    )

    assert User.objects.get(username="anna").groups.get() == Group.objects.get(
        name="Auditor"
    )
    made = ChangeSet.objects.latest("pk")
    assert (made.origin, made.created_count) == ("loaddata", 2)


# --- A user who has none ---------------------------------------------------------


def test_change_page_without_a_reader_opens_and_makes_none(
    client, front_desk, without_reader
):
    client.force_login(front_desk)

    assert client.get(change_page(without_reader)).status_code == 200
    assert not readers_of("anna.berg").exists()


def test_saving_the_page_makes_the_missing_reader(client, front_desk, without_reader):
    client.force_login(front_desk)
    data = posted(client.get(change_page(without_reader)))

    response = client.post(change_page(without_reader), data)

    assert response.status_code == 302
    assert readers_of("anna.berg").get().card_number.startswith("RR")


def test_reader_made_meanwhile_is_a_message(client, front_desk, without_reader):
    client.force_login(front_desk)
    data = posted(client.get(change_page(without_reader)), reader__0__notes="Mine")
    theirs = Reader.objects.create(user=without_reader)

    response = client.post(change_page(without_reader), data)

    assert "got a Reader meanwhile" in errors_of(response)
    assert readers_of("anna.berg").get() == theirs


def test_reader_gone_meanwhile_is_no_crash(client, front_desk, reader_user):
    client.force_login(front_desk)
    data = posted(client.get(change_page(reader_user)), reader__0__notes="Mine")
    reader_user.reader.delete()

    response = client.post(change_page(reader_user), data)

    assert response.status_code in (200, 302)
    assert readers_of("anna.berg").count() <= 1
