"""Exports whose workers are killed, doubled, or thought dead while they live."""

import os
import random
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.exports.work import run_export_job
from portal.models import ExportJob
from tests.import_steps import EXPORT, download
from tests.sheets import read_sheet

pytestmark = pytest.mark.django_db(transaction=True)

PEOPLE = 2500
KILLS = 12


@pytest.fixture
def job(settings, importer):
    settings.EXPORT_NOW_ROWS = 0
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }
    User.objects.bulk_create(User(username=f"p{n}") for n in range(PEOPLE - 1))
    client = Client()
    client.force_login(importer)
    client.post(reverse(EXPORT), {"format": "xlsx", "columns": ["username", "email"]})
    return ExportJob.objects.get()


def run(job):
    run_export_job.call(job_id=str(job.pk))


def thought_dead(job):
    long_ago = timezone.now() - timedelta(hours=1)
    ExportJob.objects.filter(state="running").update(heartbeat_at=long_ago)


def in_a_process(job):
    """The process that runs the job."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        run(job)
    finally:
        # Nothing of the tests must go on here.
        os._exit(0)


def files(settings):
    return sorted(path.name for path in Path(settings.EXPORT_DIR).iterdir())


def usernames(importer, job):
    client = Client()
    client.force_login(importer)
    data = download(
        client.get(reverse("admin:portal_exportjob_download", args=[job.pk]))
    )
    return [row.cells[0] for row in read_sheet(data, "a.xlsx").rows]


def test_job_of_a_killed_worker_is_brought_to_its_end(settings, importer, job):
    points = random.Random(4)
    for _attempt in range(KILLS):
        ExportJob.objects.update(state="waiting", lease=None, attempts=0)
        keys = (Path(settings.EXPORT_DIR) / f"{job.pk}.keys").read_bytes()
        child = in_a_process(job)
        time.sleep(points.uniform(0, 0.6))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)

        job.refresh_from_db()
        assert job.state in ("waiting", "running", "done")
        assert job.state != "done" or str(job.pk) in files(settings)
        thought_dead(job)
        run(job)
        job.refresh_from_db()
        assert (job.state, job.done) == ("done", PEOPLE)
        assert files(settings) in ([str(job.pk)], [str(job.pk), f"{job.pk}.keys"])
        assert len(set(usernames(importer, job))) == PEOPLE
        (Path(settings.EXPORT_DIR) / str(job.pk)).unlink()
        (Path(settings.EXPORT_DIR) / f"{job.pk}.keys").write_bytes(keys)


def test_two_workers_make_one_file(settings, importer, job):
    start = threading.Barrier(2)

    def work(_number):
        start.wait()
        try:
            run(job)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(work, range(2)))
    job.refresh_from_db()

    assert (job.state, job.attempts, files(settings)) == ("done", 1, [str(job.pk)])
    assert len(usernames(importer, job)) == PEOPLE


def test_worker_that_was_thought_dead_hands_nothing_over(settings, importer, job):
    """It is stopped in the middle, another makes the file, and then it goes on."""
    child = in_a_process(job)
    given_up_at = time.monotonic() + 60
    while not any(name.endswith(".part") for name in files(settings)):
        assert time.monotonic() < given_up_at, "no worker began to write"
        time.sleep(0.005)
    os.kill(child, signal.SIGSTOP)
    thought_dead(job)
    run(job)
    job.refresh_from_db()
    made = (job.state, job.lease)
    os.kill(child, signal.SIGCONT)
    os.waitpid(child, 0)
    job.refresh_from_db()

    assert made == ("done", job.lease)
    assert files(settings) == [str(job.pk)]
    assert len(usernames(importer, job)) == PEOPLE
