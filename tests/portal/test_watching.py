"""Jobs whose worker died, and what is cleared away."""

from datetime import timedelta

import pytest
from django.db import OperationalError
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal import jobs, queue
from portal.exports import watch as exports
from portal.imports import watch as imports
from portal.imports.work import run_import_job
from portal.models import ChangeSet, ExportJob, ImportJob, RevertJob
from portal.watching import attempt

pytestmark = pytest.mark.django_db

LONG_AGO = timedelta(hours=1)


@pytest.fixture(autouse=True)
def queue_that_waits(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}


def import_job(**values):
    given = {"state": "reading", "heartbeat_at": timezone.now() - LONG_AGO, **values}
    return ImportJob.objects.create(target="accounts.user", **given)


def revert_job(**values):
    given = {"status": "running", "started_at": timezone.now() - LONG_AGO, **values}
    job = RevertJob.objects.create(
        owner_name="manager", reverts=ChangeSet.objects.create(kind="change")
    )
    RevertJob.objects.filter(pk=job.pk).update(**given)
    return job


def export_job(**values):
    given = {"state": "running", "heartbeat_at": timezone.now() - LONG_AGO, **values}
    return ExportJob.objects.create(target="accounts.user", **given)


KINDS = [
    (import_job, imports.take_up_again),
    (export_job, exports.take_up_again),
    (revert_job, jobs.take_up_again),
]


@pytest.mark.parametrize(
    ("make", "take_up", "values"),
    [
        (import_job, imports.take_up_again, {"heartbeat_at": timezone.now}),
        (import_job, imports.take_up_again, {"state": "ready"}),
        (import_job, imports.take_up_again, {"state": "cancelled"}),
        (export_job, exports.take_up_again, {"heartbeat_at": timezone.now}),
        (export_job, exports.take_up_again, {"state": "done"}),
        (revert_job, jobs.take_up_again, {"started_at": timezone.now}),
        (revert_job, jobs.take_up_again, {"status": "refused"}),
        (
            revert_job,
            jobs.take_up_again,
            {"created_at": lambda: timezone.now() - timedelta(days=2)},
        ),
    ],
)
def test_job_that_lives_waits_or_has_ended_is_left_alone(make, take_up, values):
    make(**{k: v() if callable(v) else v for k, v in values.items()})

    assert take_up() == 0
    assert not DBTaskResult.objects.exists()


@pytest.mark.parametrize(("make", "take_up"), KINDS)
def test_silent_job_is_queued_once_however_often_it_is_seen(make, take_up):
    job = make()
    take_up()
    take_up()

    [task] = DBTaskResult.objects.all()
    assert str(task.args_kwargs["kwargs"]["job_id"]) == str(job.pk)


@pytest.mark.parametrize(("make", "take_up"), KINDS)
def test_what_the_dead_worker_had_in_hand_does_not_run_for_ever(make, take_up):
    make()
    take_up()
    task = DBTaskResult.objects.get()
    task.claim("killed")
    take_up()

    task.refresh_from_db()
    assert (task.status, task.finished_at is None) == ("FAILED", False)
    assert DBTaskResult.objects.ready().count() == 1


def test_task_of_another_job_is_left_to_its_worker():
    import_job()
    run_import_job.enqueue(job_id="another")
    task = DBTaskResult.objects.get()
    task.claim("alive")
    imports.take_up_again()

    task.refresh_from_db()
    assert task.status == "RUNNING"


def test_tasks_that_ended_long_ago_are_dropped():
    old, new = timezone.now() - timedelta(days=8), timezone.now()
    ends = [("SUCCESSFUL", old), ("FAILED", old), ("FAILED", new), ("RUNNING", None)]
    for status, end in ends:
        run_import_job.enqueue(job_id="x")
        DBTaskResult.objects.filter(status="READY").update(
            status=status, finished_at=end
        )
    queue.prune()

    left = DBTaskResult.objects.values_list("status", flat=True)
    assert sorted(left) == ["FAILED", "RUNNING"]


@pytest.mark.django_db(databases=[])
@pytest.mark.parametrize("error", [OperationalError("locked"), KeyError("a fault")])
def test_what_fails_is_told_and_keeps_nothing_else_from_being_done(
    error, caplog, monkeypatch
):
    monkeypatch.setattr("django.db.connections.close_all", lambda: None)
    done = []

    def fails():
        raise error

    attempt([fails, lambda: done.append(1)])

    assert done == [1]
    assert "fails" in caplog.text
