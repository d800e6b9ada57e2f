"""Backups under load: each is whole, and has all that was committed before it began.

Four writers make people, each in a change set of their own, and one process seals.
"""

import os
import time
from contextlib import contextmanager
from functools import partial

import pytest
from django.core.management import call_command
from django.db import OperationalError, connection, connections, transaction

from accounts.models import User
from portal.backup import make_backup
from portal.history import guard
from portal.history.acts import change_set
from portal.history.seal import seal_new
from portal.history.verify import verify
from readers.models import Reader
from tests.security.children import at_work
from tests.security.sizes import size

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS = 4
# Seconds between two backups.
PAUSE = 0.5


def write(log):
    """People one after the other; the log has those whose commit has returned."""
    number = 0
    while True:
        number += 1
        name = f"writer{os.getpid()}.{number}"
        with patience(), change_set(origin="load"):
            user = User(username=name, first_name="Before")
            user.save()
            user.first_name = "After"
            user.save(update_fields=["first_name"])
            transaction.on_commit(partial(os.write, log, f"{name}\n".encode()))
        time.sleep(0.01)


def seal():
    while True:
        with patience():
            seal_new()
        time.sleep(0.2)


@contextmanager
def patience():
    """On SQLite the others may be faster for twenty seconds; then nothing was done."""
    try:
        yield
    except OperationalError:
        connections.close_all()


@pytest.fixture
def log(tmp_path):
    return tmp_path / "log"


def committed(log):
    return set(log.read_text().split())


@contextmanager
def writers(log):
    descriptor = os.open(log, os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    works = [lambda: write(descriptor) for _ in range(WRITERS)]
    with at_work(*works, seal) as children:
        deadline = time.monotonic() + 60
        while len(committed(log)) < WRITERS and time.monotonic() < deadline:
            time.sleep(0.05)
        yield
        assert all(child.is_alive() for child in children)


def backups_of(log, folder, count):
    """Each with the names whose commit had returned before it began."""
    for number in range(count):
        before = committed(log)
        path = folder / f"{number}.zip"
        make_backup(path, on_step=lambda *_: None)
        yield path, before
        time.sleep(PAUSE)


@contextmanager
def another_database(tmp_path):
    """The default connection leads to an empty one, to look at a backup in."""
    connection.close()
    usual = connection.settings_dict["NAME"]
    name = tmp_path / "other.sqlite3"
    if connection.vendor == "postgresql":
        name = f"{usual}_other"
        with connection._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name}")
            cursor.execute(f"CREATE DATABASE {name} TEMPLATE template0")
    connection.settings_dict["NAME"] = name
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict["NAME"] = usual
        if connection.vendor == "postgresql":
            with connection._nodb_cursor() as cursor:
                cursor.execute(f"DROP DATABASE {name}")
        else:
            name.unlink()


def test_backup_under_load_is_whole_and_misses_no_commit(log, tmp_path, figure):
    with writers(log):
        made = list(backups_of(log, tmp_path, size("backups under load")))

    assert committed(log) <= people()
    assert verify() == []
    for path, before in made:
        with another_database(tmp_path):
            call_command("restore", path)
            # `restore` has refused what `verify_history` finds something in.
            assert before <= people()
            whole = User.objects.filter(first_name="After", reader__isnull=False)
            assert people() == set(whole.values_list("username", flat=True))
            assert Reader.objects.count() == User.objects.count()
            assert guard.missing(connection) == []
    figure("backups made and restored", len(made))
    figure("change sets committed meanwhile", len(committed(log)))
    figure("commits that a backup misses", 0)


def people():
    return set(User.objects.values_list("username", flat=True))
