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
    return subprocess.Popen(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


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


def test_worker_ends_in_peace_at_a_signal(environment, worker):
    for line in worker.stdout:
        if "Starting worker" in line:
            break
    worker.send_signal(signal.SIGTERM)
    output, _ = worker.communicate(timeout=PATIENCE)

    assert worker.returncode == 0
    assert "Traceback" not in output
