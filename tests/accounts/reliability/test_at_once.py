"""Workers, orders and edits at the same moment: each thing is done once."""

import os
import signal
import threading
import time

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from portal.history.verify import verify
from portal.imports import jobs
from portal.imports.lease import Lease
from portal.models import ChangeSet, ImportJob
from readers.models import Reader
from tests.accounts.reliability.dying import PATIENCE, begin
from tests.accounts.reliability.pausing import paused
from tests.accounts.reliability.steps import (
    check,
    fall_silent,
    order_commit,
    run,
    upload,
)
from tests.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)

on_postgresql = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="On SQLite one writes and the others wait."
)

COLUMNS = ["username", "email", "phone", "notes"]
NEW = [{"username": f"new{n}", "email": f"new{n}@example.org"} for n in range(40)]
ANNA = {"username": "anna.berg", "notes": "From the file", "email": "anna@example.org"}
# Before the rows of a chunk are compared, which is in no transaction.
LOOK_UP = "SELECT k.key"


@pytest.fixture
def reading(importer):
    """A check was ordered."""
    job = upload(importer, COLUMNS, NEW)
    jobs.order_check(job)
    return job


def ready(owner, *rows):
    return check(upload(owner, COLUMNS, [*rows, *NEW]))


def imports():
    return ChangeSet.objects.filter(kind="import")


# --- Workers -------------------------------------------------------------------


def test_check_that_two_workers_take_is_done_once(reading):
    in_threads(*[lambda: run(ImportJob.objects.get(pk=reading.pk))] * 2)
    reading.refresh_from_db()

    assert (reading.state, reading.done, reading.rows.count()) == ("ready", 40, 40)


def test_commit_that_many_workers_take_is_done_once(importer):
    job = ready(importer)
    order_commit(job)
    in_threads(*[lambda: run(ImportJob.objects.get(pk=job.pk))] * 4)
    job.refresh_from_db()

    assert job.state == "done"
    assert list(imports()) == [job.change_set]
    assert User.objects.filter(username__startswith="new").count() == 40


@pytest.mark.parametrize("steps", [2, 9, 15])
def test_worker_that_slept_past_its_lease_writes_nothing_more(
    reading, small_chunks, steps
):
    """Stopped and waked as a whole, heartbeat and all; not in a transaction."""
    sleeper = begin(reading, sleeps_after=steps)
    os.waitid(os.P_PID, sleeper.pid, os.WSTOPPED | os.WNOWAIT)
    fall_silent(reading)
    run(reading)
    os.kill(sleeper.pid, signal.SIGCONT)
    sleeper.join(PATIENCE)
    before = reading.state, reading.heartbeat_at
    reading.refresh_from_db()

    assert sleeper.exitcode == 0
    assert (reading.state, reading.heartbeat_at) == before
    assert (reading.done, reading.rows.count()) == (40, 40)


def test_check_taken_over_is_not_written_by_who_had_it(reading):
    with paused(reading, LOOK_UP):
        fall_silent(reading)
        other = Lease.take(reading.pk)

    assert (reading.state, reading.lease) == ("reading", other.job.lease)
    assert not reading.rows.exists()


def test_commit_taken_over_is_not_written_by_who_had_it(importer):
    job = ready(importer)
    order_commit(job)
    with paused(job, "CREATE TEMPORARY TABLE"):
        fall_silent(job)
        other = Lease.take(job.pk)

    assert (job.state, job.lease) == ("committing", other.job.lease)
    assert not imports().exists()


def test_long_step_gives_signs_of_life(reading, monkeypatch):
    monkeypatch.setattr("portal.imports.lease.BEAT", 0.05)
    lease = Lease.take(reading.pk)
    fall_silent(reading)
    with lease.beating():
        time.sleep(1)
    reading.refresh_from_db()

    assert (timezone.now() - reading.heartbeat_at).total_seconds() < 5


# --- Orders --------------------------------------------------------------------


def test_many_confirmations_at_once_make_one_commit(importer):
    job = ready(importer)

    def confirm():
        try:
            order_commit(ImportJob.objects.get(pk=job.pk))
        except jobs.WrongState:
            return "told"
        return "ordered"

    answers = in_threads(*[confirm] * 10)
    run(job)

    assert sorted(answers) == ["ordered"] + ["told"] * 9
    assert list(imports()) == [job.change_set]


def test_check_cancelled_in_the_middle_leaves_no_row(reading, small_chunks):
    with paused(reading, LOOK_UP):
        jobs.cancel_job(reading)

    assert (reading.state, reading.lease) == ("cancelled", None)
    assert not reading.rows.exists()


def test_same_file_confirmed_by_two_is_written_by_one(importer, manager):
    first, second = ready(importer), ready(manager)
    for job in (first, second):
        order_commit(job)
    in_threads(lambda: run(first), lambda: run(second))

    assert sorted([first.state, second.state]) == ["done", "ready"]
    loser = first if first.state == "ready" else second
    assert "Nothing was imported" in loser.error
    assert loser.error_count == 40
    assert "is already that of" in str(loser.rows.first().problems)
    assert imports().count() == 1
    assert User.objects.filter(username__startswith="new").count() == 40


def test_same_file_confirmed_by_two_for_good_rows_only_makes_nobody_twice(
    importer, manager
):
    first, second = ready(importer), ready(manager)
    for job in (first, second):
        order_commit(job, good_rows_only=True)
    in_threads(lambda: run(first), lambda: run(second))

    assert [first.state, second.state] == ["done", "done"]
    assert sorted([first.created_count, second.created_count]) == [0, 40]
    assert User.objects.filter(username__startswith="new").count() == 40
    assert verify() == []


# --- Edits ---------------------------------------------------------------------


@pytest.mark.parametrize("good_rows_only", [False, True])
def test_edit_during_the_commit_is_not_overwritten(
    importer, reader_user, good_rows_only
):
    """The editor's transaction is open while the commit begins."""
    job = ready(importer, ANNA)
    order_commit(job, good_rows_only=good_rows_only)
    worker = threading.Thread(target=work, args=[job.pk])
    with transaction.atomic():
        Reader.objects.filter(user=reader_user).update(notes="By hand")
        worker.start()
        time.sleep(0.5)
    worker.join(PATIENCE)
    job.refresh_from_db()

    assert Reader.objects.get(user=reader_user).notes == "By hand"
    assert job.state == ("done" if good_rows_only else "ready")
    assert job.error_count == 1
    assert "changed after the check" in str(job.rows.first().problems)


def work(job_id):
    try:
        run(ImportJob.objects.get(pk=job_id))
    finally:
        connections.close_all()


@on_postgresql
@pytest.mark.parametrize("who", ["user", "reader"])
def test_edit_after_the_last_look_waits_and_is_not_lost(importer, reader_user, who):
    job = ready(importer, {**ANNA, "phone": "+44 20 7946 0958"})
    order_commit(job)

    def edit():
        if who == "user":
            User.objects.filter(pk=reader_user.pk).update(first_name="Hanna")
        else:
            Reader.objects.filter(user=reader_user).update(notes="By hand")
        connections.close_all()

    editor = threading.Thread(target=edit)
    with paused(job, 'UPDATE "readers_reader"'):
        editor.start()
        editor.join(0.5)
        waits = editor.is_alive()
    editor.join(PATIENCE)
    reader_user.refresh_from_db()

    assert waits
    assert job.state == "done"
    told = reader_user.first_name if who == "user" else reader_user.reader.notes
    assert told in {"Hanna", "By hand"}
    assert verify() == []


@on_postgresql
def test_edit_of_somebody_else_does_not_wait_for_the_commit(
    importer, manager, reader_user
):
    job = ready(importer, ANNA)
    order_commit(job)
    with paused(job, 'INSERT INTO "readers_reader"'):
        User.objects.filter(pk=manager.pk).update(first_name="Mona")
        assert not imports().exists()

    assert job.state == "done"
