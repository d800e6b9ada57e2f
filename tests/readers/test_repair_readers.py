"""Users that a fixture left without a Reader: listed, or given one."""

import json
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User
from portal.models import ChangeSet
from readers.models import Reader

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    call_command("repair_readers", stdout=out, **options)
    return out.getvalue()


@pytest.fixture
def orphans(tmp_path):
    """Two users, loaded from a fixture that does not bring their Readers."""
    fixture = tmp_path / "people.json"
    fields = [
        {"username": "anna", "first_name": "Анна", "last_name": "Иванова"},
        {"username": "ben"},
    ]
    rows = [{"model": "accounts.user", "fields": each} for each in fields]
    fixture.write_text(json.dumps(rows), "utf-8")
    call_command("loaddata", fixture, verbosity=0)
    return User.objects.filter(username__in=["anna", "ben"])


def test_nothing_to_repair_writes_nothing(reader_user):
    before = ChangeSet.objects.count()

    assert "Every user has a Reader" in run()
    assert ChangeSet.objects.count() == before


def test_dry_run_lists_and_writes_nothing(orphans):
    before = ChangeSet.objects.count()
    printed = run(dry_run=True)

    assert "anna  Анна Иванова" in printed and "ben" in printed
    assert "Users without a Reader: 2" in printed
    assert not Reader.objects.exists()
    assert ChangeSet.objects.count() == before


def test_each_user_gets_one_reader(orphans, reader_user):
    card = reader_user.reader.card_number
    printed = run()

    assert "Readers made: 2" in printed
    assert all(user.reader.card_number for user in orphans)
    reader_user.reader.refresh_from_db()
    assert reader_user.reader.card_number == card


def test_second_run_finds_nothing(orphans):
    run()

    assert "Every user has a Reader" in run()


def test_repair_is_one_recorded_act(orphans):
    run()

    made = ChangeSet.objects.first()
    assert (made.kind, made.origin) == ("command", "repair_readers")
    assert made.created_count == 2
    assert {r.history.get().change_set for r in Reader.objects.all()} == {made}
