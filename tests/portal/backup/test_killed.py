"""A restore or a backup that is killed, or whose disk is full: the old, or the new."""

import multiprocessing
import os
import resource
import signal
import warnings
from contextlib import contextmanager

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.models import User
from portal.backup import make_backup, restore, sqlite
from portal.backup.engines import engine
from portal.history import guard
from tests.portal.backup.conftest import told

pytestmark = pytest.mark.django_db(transaction=True)

fork = multiprocessing.get_context("fork")
PATIENCE = 60


@pytest.fixture(autouse=True)
def small_steps(monkeypatch):
    """Many of them while SQLite's file is overwritten."""
    monkeypatch.setattr(sqlite, "PAGES", 25)


@pytest.fixture
def both(made):
    """What the backup holds, and what the database does by now."""
    new = told()
    change()
    return new, told()


def change():
    User.objects.bulk_create(User(username=f"late{n}") for n in range(300))


def in_child(work, *, dies_at=None):
    """Tells how many steps the work took, or kills it at one of them."""
    connections.close_all()
    steps = fork.Value("i", 0)

    def on_step(name, done, total):
        if steps.value == dies_at:
            os.kill(os.getpid(), signal.SIGKILL)
        steps.value += 1

    with warnings.catch_warnings():
        # pytest-xdist has a thread, which does not concern the child.
        warnings.simplefilter("ignore", DeprecationWarning)
        process = fork.Process(target=work, args=(on_step,))
        process.start()
    process.join(PATIENCE)
    assert process.exitcode == (0 if dies_at is None else -signal.SIGKILL)
    return steps.value


def chosen(count, most):
    """So many of the steps, and the last ones, which are those of the switch."""
    return sorted({*range(0, count, max(1, count // most)), *range(count - 4, count)})


def test_killed_restore_leaves_the_old_or_the_new(made, both):
    new, _changed = both

    def work(on_step):
        restore(made, replace=True, on_step=on_step)

    steps = in_child(work)
    change()
    old = told()
    for step in chosen(steps, 12):
        in_child(work, dies_at=step)
        # After the last step, SQLite shows the new; PostgreSQL is about to.
        assert told() in ([old, new] if step == steps - 1 else [old]), step
        assert engine().problems() == []
    restore(made, replace=True, on_step=lambda *_: None)
    assert guard.missing(connection) == []
    assert told() == new


def test_killed_backup_leaves_no_file(filled, tmp_path):
    path = tmp_path / "new" / "killed.zip"

    def work(on_step):
        make_backup(path, on_step=on_step)

    steps = in_child(work)
    path.unlink()
    for step in chosen(steps, 4):
        in_child(work, dies_at=step)
        assert not path.exists()


@contextmanager
def nearly_full():
    """No file can grow beyond a few kilobytes; what is written already stays."""
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, usual[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, usual)


def test_backup_on_a_full_disk_says_so_and_leaves_nothing(filled, tmp_path):
    connections.close_all()
    folder = tmp_path / "new"
    with (
        nearly_full(),
        pytest.raises(CommandError, match=r"could not be (written|copied)"),
    ):
        call_command("backup", folder / "a.zip")

    assert list(folder.iterdir()) == []


def test_restore_on_a_full_disk_changes_nothing(made, both):
    _new, old = both
    with nearly_full(), pytest.raises(CommandError, match="Nothing was restored"):
        call_command("restore", made, replace=True)

    assert told() == old
