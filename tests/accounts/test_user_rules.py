"""Usernames and e-mails are unique in whatever case and script, on both databases."""

import pytest
from django.contrib.auth import authenticate
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import IntegrityError, transaction
from django.urls import reverse

from accounts.models import User
from tests.conftest import PASSWORD
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

# A name, and the same in another case.
TWINS = [
    ("anna", "ANNA"),
    ("änne", "ÄNNE"),
    ("мария", "МАРИЯ"),
    ("ελένη", "ΕΛΈΝΗ"),
    ("łukasz", "ŁUKASZ"),
]
# Different people, although an upper-casing comparison takes them for one.
STRANGERS = [("ivan", "ıvan"), ("νικος", "νικοσ"), ("strasse", "straße")]


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize(("name", "twin"), TWINS)
def test_username_in_another_case_is_refused_by_every_path(name, twin):
    User.objects.create(username=name)
    other = User.objects.create(username="other")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username=twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username=twin)])
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(pk=other.pk).update(username=twin)


@pytest.mark.parametrize(("name", "twin"), TWINS)
def test_username_in_another_case_is_told_at_its_field(name, twin):
    User.objects.create(username=name, first_name="Anna")

    with pytest.raises(ValidationError) as raised:
        User(username=twin, password="x").full_clean()

    assert "Somebody has this" in str(raised.value.message_dict["username"])


@pytest.mark.parametrize("twin", ["ANNA@example.org", "anna@EXAMPLE.org"])
def test_email_in_another_case_is_refused_by_every_path(twin):
    User.objects.create(username="anna", email="anna@example.org")
    User.objects.create(username="other")

    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.create(username="new", email=twin)
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.filter(username="other").update(email=twin)
    with pytest.raises(ValidationError, match="Somebody has this e-mail"):
        User(username="new", email=twin, password="x").full_clean()


def test_username_in_another_normal_form_is_refused(reader_user):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.bulk_create([User(username="ａｎｎａ.ｂｅｒｇ")])
    with pytest.raises(ValidationError, match="Somebody has this username"):
        User(username="ａｎｎａ.ｂｅｒｇ", password="x").full_clean()


def test_blank_username_is_refused_by_the_database(reader_user):
    with pytest.raises(IntegrityError), transaction.atomic():
        User.objects.update(username="")


@pytest.mark.parametrize("field", ["username", "first_name", "last_name", "email"])
def test_nul_is_refused_with_a_message(reader_user, field):
    setattr(reader_user, field, "a\0b@example.org")

    with pytest.raises(ValidationError) as raised:
        reader_user.full_clean()

    assert field in raised.value.message_dict


def test_createsuperuser_refuses_a_twin(reader_user):
    with pytest.raises(CommandError, match="already taken"):
        call_command("createsuperuser", "--noinput", username="Anna.Berg", email="")


# --- What is accepted ------------------------------------------------------------


def test_blank_emails_do_not_clash():
    User.objects.create(username="one")
    User.objects.bulk_create([User(username="two"), User(username="three")])

    assert User.objects.filter(email="").count() == 3


@pytest.mark.parametrize(("one", "other"), STRANGERS)
def test_strangers_are_both_let_in(one, other):
    for name in (one, other):
        User.objects.create_user(name, password=f"{name} {PASSWORD}")

    for name in (one, other):
        found = authenticate(username=name, password=f"{name} {PASSWORD}")
        assert found is not None and found.username == name


@pytest.mark.parametrize(("name", "twin"), TWINS)
def test_sign_in_with_another_case(client, name, twin):
    User.objects.create_user(name, password=PASSWORD, is_staff=True)

    response = sign_in(client, twin)

    assert response.status_code == 302
    assert client.get(reverse("admin:index")).context["user"].username == name


@pytest.mark.parametrize(
    "username", ["nobody", "", "a\0b", "x" * 300, "%", "a" * 10**5]
)
def test_sign_in_with_odd_names_is_refused_politely(client, username):
    response = sign_in(client, username)

    assert response.status_code == 200


def test_own_case_may_be_changed(reader_user):
    reader_user.username = "Anna.Berg"
    reader_user.full_clean()
    reader_user.save()

    assert User.objects.get().username == "Anna.Berg"


@pytest.mark.parametrize(
    "make",
    [
        lambda: User.objects.create(username="anna"),
        lambda: User.objects.bulk_create([User(username="anna")]),
        lambda: User.objects.create_user("anna"),
    ],
    ids=["create", "bulk_create", "create_user"],
)
def test_without_a_password_there_is_no_usable_one(make):
    make()

    assert not User.objects.get().has_usable_password()
    assert authenticate(username="anna", password="") is None


def test_names_are_one_clean_line_in_nfc():
    User.objects.create(username="anna", first_name=" Zoe\u0308  \n Anne ")

    assert User.objects.get().first_name == "Zoë Anne"
