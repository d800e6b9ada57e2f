"""The steps of an import, as a browser takes them."""

import re
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client, TestCase
from django.urls import reverse

from accounts.imports.options import ImportOptions
from portal.models import ImportJob, ImportRow

IMPORT = "admin:accounts_user_import"
EXPORT = "admin:accounts_user_export"


def page_of(job: ImportJob, name: str = "columns", *args: Any) -> str:
    return reverse(f"admin:accounts_user_{name}_import", args=[job.pk, *args])


def press(client: Client, url: str, data: dict[str, Any] | None = None) -> HttpResponse:
    """Post; the page to which that leads, once the worker did what was ordered."""
    with TestCase.captureOnCommitCallbacks(execute=True):
        page = client.post(url, data or {})
    return client.get(page.url, follow=True) if page.status_code == 302 else page


def upload(
    client: Client, content: str | bytes, name: str = "people.csv"
) -> HttpResponse:
    """Send a file; the answer is its Columns page, or the page that refuses it.

    That of a fixture is its review: it has no columns to choose.
    """
    data = content.encode() if isinstance(content, str) else content
    return press(
        client, reverse(IMPORT), {"import_file": SimpleUploadedFile(name, data)}
    )


def newest_job() -> ImportJob:
    return ImportJob.objects.order_by("-created_at", "-pk").first()


def uploaded(
    client: Client, content: str | bytes, name: str = "people.csv"
) -> ImportJob:
    upload(client, content, name)
    return newest_job()


def choice_of(client: Client, job: ImportJob, **changed: Any) -> dict[str, Any]:
    """What the form would send as it is shown, but for what is changed."""
    shown = client.get(page_of(job)).context["form"]
    data = {each.html_name: each.value() for each in shown}
    return {k: v for k, v in (data | changed).items() if v not in (None, False)}


def choose(client: Client, job: ImportJob, **changed: Any) -> HttpResponse:
    """Press «Check» with the form as it was shown, but for what is changed."""
    page = press(client, page_of(job), choice_of(client, job, **changed))
    job.refresh_from_db()
    return page


def options_of(job: ImportJob) -> ImportOptions:
    return ImportOptions.from_json(job.options)


def check(
    client: Client, content: str | bytes, name: str = "people.csv", **changed: Any
) -> HttpResponse:
    """Upload a file and choose its columns; the answer is its review."""
    page = upload(client, content, name)
    job = newest_job()
    if job is None or job.state != ImportJob.State.UPLOADED:
        return page
    return choose(client, job, **changed)


def rows_of(job: ImportJob) -> list[ImportRow]:
    return list(job.rows.order_by("number"))


def checked_rows(client: Client, content: str, **changed: Any) -> list[ImportRow]:
    """What the check says of each row."""
    check(client, content, **changed)
    job = newest_job()
    assert (job.state, job.error) == (ImportJob.State.READY, "")
    return rows_of(job)


def confirm(client: Client, job: ImportJob, rows: str = "all") -> HttpResponse:
    """Press «Import» on the job's review, as it was last shown."""
    data = {"rows": rows, "change_reason": "As the office asked"}
    page = press(client, page_of(job, "commit"), data)
    job.refresh_from_db()
    return page


def import_people(
    client: Client,
    content: str | bytes,
    name: str = "people.csv",
    rows: str = "all",
    **changed: Any,
) -> ImportJob:
    """All steps; the job as it is afterwards."""
    check(client, content, name, **changed)
    job = newest_job()
    confirm(client, job, rows)
    return job


def text_of(page: HttpResponse) -> str:
    """The page's words, without markup and with single spaces."""
    body = re.sub(r"<(script|style).*?</\1>", " ", page.content.decode(), flags=re.S)
    return " ".join(re.sub(r"<[^>]+>", " ", body).split())


def download(response: HttpResponse) -> bytes:
    """A file from the export page, streamed or not."""
    assert response.status_code == 200, response.status_code
    assert "attachment" in response.headers.get("Content-Disposition", "")
    return b"".join(response) if response.streaming else response.content
