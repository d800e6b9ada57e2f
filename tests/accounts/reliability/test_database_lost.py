"""A database that is full, or whose connection breaks: the job waits, and goes on."""

import pytest
from django.db import OperationalError, connection

from accounts.models import User
from portal.history.verify import verify
from portal.imports import jobs
from portal.models import ChangeSet, ImportJob
from tests.accounts.reliability.pausing import paused
from tests.accounts.reliability.steps import (
    check,
    go_on,
    order_commit,
    run,
    upload,
)

pytestmark = pytest.mark.django_db(transaction=True)

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="A SQLite file")
on_postgresql = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite has no connection to lose."
)

NEW = [{"username": f"new{n}", "notes": "x" * 500} for n in range(400)]


def ordered_check(owner):
    job = upload(owner, ["username", "notes"], NEW)
    jobs.order_check(job)
    return job


def ordered_commit(owner):
    job = check(upload(owner, ["username", "notes"], NEW))
    order_commit(job)
    return job


def imported():
    return User.objects.filter(username__startswith="new").count()


def run_without_room(job):
    """The worker's task may fail too, when not even the lease can be written."""
    with connection.cursor() as cursor:
        [[pages]] = cursor.execute("PRAGMA page_count").fetchall()
        cursor.execute(f"PRAGMA max_page_count = {pages + 3}")
        try:
            run(job)
        except OperationalError:
            job.refresh_from_db()
        finally:
            cursor.execute("PRAGMA max_page_count = 4294967294")


@pytest.fixture
def packed(db):
    """No page is free, so that whatever is written needs a new one."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("VACUUM")


@on_sqlite
def test_check_goes_on_when_a_full_disk_has_room_again(importer, small_chunks, packed):
    job = ordered_check(importer)
    run_without_room(job)
    waiting = job.state, job.done == job.rows.count() < 400
    go_on(job)

    assert waiting == ("reading", True)
    assert (job.state, job.done, job.rows.count()) == ("ready", 400, 400)


@on_sqlite
def test_commit_on_a_full_disk_writes_nothing_until_there_is_room(importer, packed):
    job = ordered_commit(importer)
    run_without_room(job)
    waiting = job.state, imported()
    go_on(job)

    assert waiting == ("committing", 0)
    assert (job.state, imported()) == ("done", 400)
    assert ChangeSet.objects.filter(kind="import").count() == 1
    assert verify() == []


def cut_worker_off():
    """End the session of the worker that stands before this statement."""
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
            WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
        assert cursor.fetchone()[0] >= 1


@on_postgresql
@pytest.mark.parametrize("words", ["SELECT k.key", "SET clashes = NULL"])
def test_check_goes_on_after_its_connection_was_lost(importer, small_chunks, words):
    job = ordered_check(importer)
    with paused(job, words):
        cut_worker_off()
    waiting = job.state
    go_on(job)

    assert waiting == "reading"
    assert (job.state, job.done, job.rows.count()) == ("ready", 400, 400)


@on_postgresql
@pytest.mark.parametrize(
    "words",
    [
        "CREATE TEMPORARY TABLE",
        'INSERT INTO "accounts_user"',
        'UPDATE "portal_importjob" SET "heartbeat_at"',
    ],
)
def test_commit_is_done_once_after_its_connection_was_lost(importer, words):
    job = ordered_commit(importer)
    with paused(job, words):
        cut_worker_off()
    waiting = job.state, imported()
    go_on(job)

    assert waiting == ("committing", 0)
    assert (job.state, imported()) == ("done", 400)
    assert ImportJob.objects.count() == 1
    assert ChangeSet.objects.filter(kind="import").count() == 1
