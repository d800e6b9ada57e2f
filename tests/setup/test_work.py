"""`manage.py work` as a real process."""

import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

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

    wait_for(environment, "SELECT state FROM portal_importjob", ("failed",))
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
