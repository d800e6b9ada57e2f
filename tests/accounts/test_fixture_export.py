"""The exported fixture, and what `loaddata` makes of it on another installation."""

import json

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Branch, Category, Reader
from tests.import_steps import EXPORT, download

pytestmark = pytest.mark.django_db


@pytest.fixture
def anna(reader_user, branch, category):
    Reader.objects.filter(user=reader_user).update(
        branch=branch, category=category, phone="+442079460958", notes="Zwei\nZeilen"
    )
    return reader_user


@pytest.fixture
def fixture_file(client, importer, anna, root, tmp_path):
    """The portal's people in a file."""
    client.force_login(importer)
    response = client.post(reverse(EXPORT), {"format": "fixture"})
    path = tmp_path / "people.json"
    path.write_bytes(download(response))
    return path


def test_objects_stand_by_natural_key_with_few_fields(fixture_file):
    objects = json.loads(fixture_file.read_text())
    users = [each for each in objects if each["model"] == "accounts.user"]
    readers = [each for each in objects if each["model"] == "readers.reader"]

    assert not any("pk" in each for each in objects)
    assert {name for each in users for name in each["fields"]} == {
        "username",
        "email",
        "first_name",
        "last_name",
        "is_active",
        "date_joined",
    }
    anna = next(r["fields"] for r in readers if r["fields"]["user"] == ["anna.berg"])
    assert (anna["branch"], anna["category"]) == (["MAIN"], ["Adult"])


def test_only_the_tables_that_are_needed_come_along(fixture_file):
    Branch.objects.create(code="FAR", name="Far away")
    objects = json.loads(fixture_file.read_text())

    models = [each["model"] for each in objects]
    assert models.count("readers.branch") == models.count("readers.category") == 1


def test_only_the_listed_people_are_exported(client, importer, anna):
    client.force_login(importer)
    response = client.post(f"{reverse(EXPORT)}?q=anna", {"format": "fixture"})
    objects = json.loads(download(response))

    users = [o["fields"]["username"] for o in objects if o["model"] == "accounts.user"]
    assert users == ["anna.berg"]


def test_loaddata_brings_the_people_to_an_empty_installation(fixture_file, anna):
    card = Reader.objects.get(user=anna).card_number
    User.objects.all().delete()
    Branch.objects.all().delete()
    Category.objects.all().delete()
    call_command("loaddata", fixture_file, verbosity=0)

    loaded = User.objects.get(username="anna.berg")
    assert loaded.reader.card_number == card
    assert loaded.reader.notes == "Zwei\nZeilen"
    assert (loaded.reader.branch.name, loaded.reader.category.name) == (
        "Main library",
        "Adult",
    )
    assert Reader.objects.count() == User.objects.count()


def test_nobody_loaded_can_sign_in_or_has_a_right(fixture_file):
    User.objects.all().delete()
    call_command("loaddata", fixture_file, verbosity=0)

    loaded = list(User.objects.all())
    assert not any(user.has_usable_password() for user in loaded)
    assert all(user.password.startswith("!") for user in loaded)
    assert not any(user.is_staff or user.is_superuser for user in loaded)


def test_loaddata_takes_no_password_away(fixture_file, front_desk, importer):
    before = dict(User.objects.values_list("username", "password"))
    call_command("loaddata", fixture_file, verbosity=0)

    assert dict(User.objects.values_list("username", "password")) == before


def test_a_dump_with_passwords_still_brings_them(tmp_path, front_desk):
    path = tmp_path / "dump.json"
    call_command("dumpdata", "accounts.user", "--natural-primary", output=str(path))
    password = front_desk.password
    front_desk.set_password("something else entirely")
    front_desk.save()
    call_command("loaddata", path, verbosity=0)

    front_desk.refresh_from_db()
    assert front_desk.password == password


def test_loaddata_is_one_act_that_names_its_file(fixture_file):
    User.objects.filter(username="anna.berg").delete()
    call_command("loaddata", fixture_file, verbosity=0)

    made = ChangeSet.objects.latest("pk")
    assert (made.kind, made.origin) == ("command", "loaddata")
    assert made.subject == fixture_file.name
