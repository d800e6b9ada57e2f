"""A large export through the browser: ordered, watched, downloaded; and cancelled."""

import threading

import pytest
from django.db import connections
from playwright.sync_api import expect

from portal.exports.work import run_export_job
from portal.models import ExportJob
from tests.sheets import read_sheet


@pytest.fixture
def large(settings, importer, reader_user, sign_in):
    """Whatever is exported waits for a worker, which the test itself is."""
    settings.EXPORT_NOW_ROWS = 0
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }
    sign_in(importer)


def order(page, visit, query=""):
    visit("accounts_user_export", query=query)
    page.get_by_role("radio", name="CSV").check()
    page.get_by_role("button", name="Export").click()
    page.wait_for_url("**/exportjob/**")
    return ExportJob.objects.get()


def be_the_worker(job):
    def work():
        try:
            run_export_job.call(job_id=str(job.pk))
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


def test_large_export_is_watched_and_downloaded(page, visit, large):
    job = order(page, visit, query="?q=anna")
    bar = page.get_by_role("progressbar")
    expect(page.get_by_text("The worker has not begun yet.").first).to_be_visible()
    expect(page.get_by_text("Search: anna")).to_be_visible()

    # The bar moves by itself.
    ExportJob.objects.update(
        state="running", started_at=job.created_at, done=4000, total=16_000
    )
    expect(page.locator("[data-job-text]")).to_contain_text("4,000 of 16,000 rows")
    expect(page.locator("[data-job-text]")).to_contain_text("left")
    assert bar.evaluate("bar => bar.value / bar.max") == 0.25

    # And the page tells the end by itself.
    ExportJob.objects.update(state="waiting", done=0, total=1)
    be_the_worker(job)
    link = page.locator(".rr-actions").get_by_role("link", name="Download")
    expect(link).to_be_visible()
    with page.expect_download() as started:
        link.click()

    data = started.value.path().read_bytes()
    assert started.value.suggested_filename == job.file_name
    assert [row.cells[0] for row in read_sheet(data, "a.csv").rows] == ["anna.berg"]


def test_export_is_cancelled(page, visit, large):
    job = order(page, visit)
    page.get_by_role("button", name="Cancel the export").click()

    expect(page.get_by_text("It was cancelled. There is no file.")).to_be_visible()
    be_the_worker(job)
    job.refresh_from_db()
    assert job.state == "cancelled"


def test_ticked_people_are_exported(page, visit, large):
    visit("accounts_user_changelist")
    page.locator("tr", has_text="anna.berg").locator("input.action-select").check()
    page.locator("select[name=action]").select_option("export_selected")
    page.get_by_role("button", name="Run").click()
    expect(page.get_by_text("Chosen one by one")).to_be_visible()
    page.get_by_role("button", name="Export").click()
    page.wait_for_url("**/exportjob/**")

    assert ExportJob.objects.get().total == 1
