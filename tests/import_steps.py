"""The steps of an import, as a browser takes them."""

import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from portal.models import ImportJob

IMPORT = "admin:accounts_user_import"
PROCESS = "admin:accounts_user_process_import"
REVIEW = "admin:accounts_user_review_import"
DISCARD = "admin:accounts_user_discard_import"
REPAIR = "admin:accounts_user_repair_import"
EXPORT = "admin:accounts_user_export"


def upload(
    client: Client, content: str | bytes, name: str = "people.csv"
) -> HttpResponse:
    """Send a file; the answer is its review, or the page that refuses it."""
    data = content.encode() if isinstance(content, str) else content
    file = SimpleUploadedFile(name, data)
    return client.post(reverse(IMPORT), {"import_file": file}, follow=True)


def newest_job() -> ImportJob:
    return ImportJob.objects.order_by("-created_at", "-pk").first()


def confirm(client: Client, job: ImportJob) -> HttpResponse:
    """Press «Import» on the job's review, as it was last shown."""
    data = {"job": str(job.pk), "change_reason": "As the office asked"}
    return client.post(reverse(PROCESS), data, follow=True)


def import_people(
    client: Client, content: str | bytes, name: str = "people.csv"
) -> ImportJob:
    """Both steps; the job as it is afterwards."""
    upload(client, content, name)
    job = newest_job()
    confirm(client, job)
    job.refresh_from_db()
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
