"""The first administrator: made once, with a password that is printed once."""

import re
from io import StringIO

import pytest
from django.core.management import call_command

from accounts.models import User

pytestmark = pytest.mark.django_db


def run(**options):
    out = StringIO()
    call_command("first_administrator", stdout=out, **options)
    return out.getvalue()


def test_nothing_happens_when_there_is_an_active_superuser(root):
    assert run() == ""
    assert User.objects.filter(is_superuser=True).get() == root


def test_second_run_makes_and_prints_nothing():
    run()

    assert run() == ""
    assert User.objects.count() == 1


def test_administrator_gets_the_printed_password_and_must_change_it():
    printed = run(address="https://portal.example.org/")

    [password] = re.findall(r"Password +(\S+)", printed)
    administrator = User.objects.get(username="admin")
    assert administrator.check_password(password)
    assert administrator.is_staff and administrator.is_superuser
    assert administrator.must_change_password
    assert "https://portal.example.org/admin/login/" in printed
    assert "Username    admin" in printed


def test_two_installations_get_different_passwords():
    first = run()
    User.objects.all().delete()

    assert run() != first


@pytest.mark.parametrize("rights", [{}, {"is_superuser": True, "is_active": False}])
def test_name_that_is_taken_is_left_alone(rights):
    User.objects.create(username="Admin", password="!none", **rights)

    assert "Username    admin2" in run()
    assert User.objects.get(username="Admin").password == "!none"


def test_administrator_has_a_reader_and_a_history():
    run()

    administrator = User.objects.get(username="admin")
    made = administrator.history.get().change_set
    assert administrator.reader.card_number
    assert (made.kind, made.origin) == ("command", "first_administrator")
