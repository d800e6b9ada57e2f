"""The Columns step of an import, as a browser takes it."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.imports.options import ImportOptions
from portal.models import ImportJob
from tests.import_steps import newest_job, upload


def page_of(job: ImportJob, name: str = "columns") -> str:
    return reverse(f"admin:accounts_user_{name}_import", args=[job.pk])


def uploaded(
    client: Client, content: str | bytes, name: str = "people.csv"
) -> ImportJob:
    upload(client, content, name)
    return newest_job()


def choose(client: Client, job: ImportJob, **changed: Any) -> HttpResponse:
    """Press «Check» with the form as it was shown, but for what is changed."""
    shown = client.get(page_of(job)).context["form"]
    data = {each.html_name: each.value() for each in shown}
    data = {k: v for k, v in (data | changed).items() if v not in (None, False)}
    page = client.post(page_of(job), data)
    job.refresh_from_db()
    return page


def options_of(job: ImportJob) -> ImportOptions:
    return ImportOptions.from_json(job.options)
