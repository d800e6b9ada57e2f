"""`manage.py work` as a real process."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.db import OperationalError, connection
from django_tasks_db.management.commands.db_worker import Worker

from portal.management.commands.work import is_asked_to_end
from portal.sqlite import will_pass

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="Its own codes")
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30
DEAD = """
from datetime import timedelta
from django.utils import timezone
from portal.models import ImportJob
ImportJob.objects.create(
    target="accounts.user",
    state="reading",
    heartbeat_at=timezone.now() - timedelta(hours=1),
    lease="00000000-0000-0000-0000-000000000001",
)
"""


def manage(environment, *arguments):
    return start([sys.executable, "manage.py", *arguments], environment)


def start(command, environment):
    return subprocess.Popen(
        command,
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


IMPATIENT = """
import sys
import django
django.setup()
from django.core.management import call_command
from django.db import connection
connection.settings_dict["OPTIONS"]["timeout"] = 0.1
call_command("work", "--no-startup-delay", "--interval", "0.1")
"""


@pytest.fixture
def impatient_worker(environment):
    """It does not wait twenty seconds for its turn to write."""
    module = {"DJANGO_SETTINGS_MODULE": "config.settings"}
    process = start([sys.executable, "-c", IMPATIENT], environment | module)
    yield process
    process.kill()
    process.communicate()


@pytest.fixture
def worker(environment):
    process = manage(environment, "work", "--no-startup-delay", "--interval", "0.1")
    yield process
    process.kill()
    process.communicate()


def wait_for(environment, query, answer):
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with sqlite3.connect(environment["DATABASE"]) as database:
            found = database.execute(query).fetchone()
        if found == answer:
            return
        time.sleep(0.1)
    pytest.fail(f"{query}: {found}")


@pytest.fixture
def silent_job(environment):
    assert manage(environment, "shell", "-c", DEAD).wait() == 0


def test_job_of_a_dead_worker_is_taken_up_at_once(silent_job, environment, worker):
    """It has no owner, so that it ends at once."""
    wait_for(environment, "SELECT state FROM portal_importjob", ("failed",))


def test_worker_outlasts_one_who_writes_for_long(
    silent_job, environment, impatient_worker
):
    with sqlite3.connect(environment["DATABASE"], isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        for line in impatient_worker.stdout:
            if "The worker waits for the database: database is locked" in line:
                break
        other.execute("ROLLBACK")

    left = "SELECT count(*) FROM portal_importjob WHERE state <> 'failed'"
    wait_for(environment, left, (0,))
    impatient_worker.send_signal(signal.SIGTERM)
    assert impatient_worker.wait(PATIENCE) == 0


def test_worker_ends_in_peace_at_a_signal(environment, worker):
    for line in worker.stdout:
        if "Starting worker" in line:
            break
    worker.send_signal(signal.SIGTERM)
    output, _ = worker.communicate(timeout=PATIENCE)

    assert worker.returncode == 0
    assert "Traceback" not in output


def test_worker_that_was_asked_to_end_does_not_wait_for_the_database():
    before = signal.getsignal(signal.SIGTERM)
    worker = Worker(
        queue_names=["*"],
        interval=1,
        batch=False,
        backend_name="default",
        startup_delay=False,
        max_tasks=None,
        worker_id="one",
        excluded_queue_names=[],
    )
    try:
        worker.configure_signals()
        worker.running_task = True
        told = [is_asked_to_end()]
        worker.shutdown(signal.SIGTERM, None)
        told.append(is_asked_to_end())
        worker.reset_signals()
        told.append(is_asked_to_end())
    finally:
        for number in (signal.SIGTERM, signal.SIGQUIT):
            signal.signal(number, before)
        signal.signal(signal.SIGINT, signal.default_int_handler)

    assert told == [False, True, True]


def test_database_that_cannot_be_opened_is_told_at_once(environment, tmp_path):
    nowhere = {"DATABASE_URL": f"sqlite:///{tmp_path}/nowhere/portal.sqlite3"}
    worker = manage(environment | nowhere, "work")
    output, _ = worker.communicate(timeout=PATIENCE)

    assert worker.returncode != 0
    assert "unable to open database file" in output


@on_sqlite
@pytest.mark.parametrize(
    ("code", "passes"),
    [
        (sqlite3.SQLITE_BUSY, True),
        (sqlite3.SQLITE_FULL, True),
        (sqlite3.SQLITE_IOERR | 1 << 8, True),
        (sqlite3.SQLITE_CANTOPEN, True),
        (sqlite3.SQLITE_ERROR, False),
        (sqlite3.SQLITE_CORRUPT, False),
    ],
)
def test_trouble_that_somebody_will_mend_is_known_by_its_code(code, passes):
    error, cause = OperationalError("x"), sqlite3.OperationalError("x")
    cause.sqlite_errorcode = code
    error.__cause__ = cause

    assert will_pass(error) == passes
