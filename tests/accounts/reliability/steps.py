"""An import from a table of texts, carried on by hand: no page, no waiting worker."""

import csv
import io
from datetime import timedelta

from django.utils import timezone

from accounts.imports.options import ColumnChoice, ImportOptions
from portal.imports import jobs
from portal.imports.watch import take_up_again
from portal.imports.work import run_import_job
from portal.models import ImportJob

SILENCE = timedelta(hours=1)


def table(columns, rows):
    """A csv file of these rows, each a dict."""
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def upload(owner, columns, rows, **options):
    file = io.BytesIO(table(columns, rows).encode())
    job = jobs.open_job("accounts.user", owner=owner, file_name="people.csv", file=file)
    choices = tuple(ColumnChoice(name, name) for name in columns)
    job.update(options=ImportOptions(columns=choices, **options).to_json())
    return job


def run(job):
    """As a worker that finds the job's task in the queue."""
    run_import_job.call(job_id=str(job.pk))
    job.refresh_from_db()
    return job


def check(job):
    jobs.order_check(job)
    return run(job)


def order_commit(job, *, good_rows_only=False):
    jobs.order_commit(job, good_rows_only=good_rows_only)


def commit(job, **options):
    order_commit(job, **options)
    return run(job)


def go_on(job):
    """What comes after a worker's death: its silence is noticed, another begins."""
    fall_silent(job)
    found = take_up_again()
    run(job)
    return found


def fall_silent(job):
    silent = ImportJob.objects.filter(pk=job.pk)
    silent.update(heartbeat_at=timezone.now() - SILENCE)
