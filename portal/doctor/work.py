"""The worker, its jobs, and the letters that it sends."""

from collections.abc import Iterator
from datetime import timedelta

from django.apps import apps
from django.conf import settings
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from portal import heartbeats
from portal.doctor.registry import Finding, error, examines, ok, warning
from portal.models import ExportJob, ImportJob, RevertJob

# Nobody has taken it up, or gone on with it, for so long.
STUCK = timedelta(minutes=10)
LATELY = timedelta(days=7)


@examines("Worker", needs_database=True)
def look_at_worker() -> Iterator[Finding]:
    hint = "Let manage.py serve run, or manage.py work"
    silence = heartbeats.silence()
    if silence is None:
        yield error("none runs", hint)
    elif silence.total_seconds() > settings.WORKER_SILENT_SECONDS:
        yield error(f"silent for {silence.total_seconds():,.0f} seconds", hint)
    else:
        yield ok(f"gave a sign of life {silence.total_seconds():.0f} seconds ago")


@examines("Jobs", needs_database=True)
def look_at_jobs() -> Iterator[Finding]:
    before = timezone.now() - STUCK
    reverts = RevertJob.objects.exclude(status__in=RevertJob.TERMINAL)
    stuck = {
        "imports": ImportJob.objects.working().filter(heartbeat_at__lt=before),
        "exports": ExportJob.objects.working().filter(heartbeat_at__lt=before),
        "reverts": reverts.filter(created_at__lt=before),
        "tasks in the queue": DBTaskResult.objects.ready().filter(
            enqueued_at__lt=before
        ),
    }
    counts = {name: rows.count() for name, rows in stuck.items()}
    if any(counts.values()):
        told = ", ".join(f"{count} {name}" for name, count in counts.items() if count)
        yield error(
            f"no sign of life for {STUCK} from {told}",
            "See whether a worker runs, and what its log says.",
        )
    else:
        yield ok("none is stuck")


@examines("Tasks", needs_database=True)
def look_at_tasks() -> Iterator[Finding]:
    since = timezone.now() - LATELY
    failed = DBTaskResult.objects.failed().filter(finished_at__gt=since)
    if count := failed.count():
        yield warning(
            f"{count} broke off in the last {LATELY.days} days, the last one: "
            f"{failed.order_by('-finished_at')[0].task_path}",
            "The log of the worker says why.",
        )
    else:
        yield ok(f"none broke off in the last {LATELY.days} days")


@examines("Letters", needs_database=True)
def look_at_letters() -> Iterator[Finding]:
    model = apps.all_models["portal"].get("letter")
    if model is None:
        return
    letters = model._default_manager
    since = timezone.now() - LATELY
    if count := letters.filter(state="failed", created_at__gt=since).count():
        yield warning(
            f"{count} could not be sent in the last {LATELY.days} days",
            "Correct the addresses, or the mail server, and send them again.",
        )
    else:
        yield ok(f"none failed in the last {LATELY.days} days")
