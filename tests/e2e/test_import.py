"""A spreadsheet on its way in, back and out again, through the browser."""

import re
import threading

import pytest
from django.db import connections
from django.utils import timezone
from playwright.sync_api import expect

from accounts.models import User
from portal.imports.work import run_import_job
from portal.models import ChangeSet, ImportJob
from portal.sheets import SheetFormat, write_sheet
from tests.sheets import read_sheet

COLUMNS = ["Login", "First name", "Surname", "E-mail address", "Branch", "Notes"]
ZOE = ["zoe", "Zoë", "Ångström", "zoe@example.org", "MAIN", "=SUM(1)"]
ANNA = ["anna.berg", "Anna", "Bergström", "anna@example.org", "", ""]
BAD = ["li", "李", "王", "not an address", "NOWHERE", ""]


@pytest.fixture
def workbook(tmp_path):
    """Writes these rows as a workbook, and returns its path."""

    def write(*rows, name="people.xlsx"):
        path = tmp_path / name
        path.write_bytes(write_sheet(SheetFormat.XLSX, COLUMNS, rows))
        return path

    return write


@pytest.fixture
def bring(page, visit):
    """Uploads a file and takes its columns as they are proposed."""

    def bring(path):
        visit("accounts_user_import")
        page.locator("input[type=file]").set_input_files(path)
        press(page, "Upload")
        expect(page.get_by_label("«Login» is imported as")).to_have_value("username")
        press(page, "Check")
        return ImportJob.objects.first()

    return bring


@pytest.fixture
def office(importer, branch, reader_user, sign_in):
    sign_in(importer)


@pytest.fixture
def waiting(settings, office):
    """Nothing is checked before a worker comes, which is the test itself."""
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }


def press(page, name):
    page.get_by_role("button", name=name).click()


def row_of(page, number):
    return page.locator(".rr-rows > li").filter(has_text=f"Row {number}")


def import_rows(page, reason="The school's new class"):
    page.get_by_label("Reason for the import").fill(reason)
    press(page, re.compile(r"Import \d"))


def be_the_worker(job):
    def work():
        try:
            run_import_job.call(job_id=str(job.pk))
        finally:
            connections.close_all()

    worker = threading.Thread(target=work)
    worker.start()
    worker.join()


# --- Nothing written ---------------------------------------------------------------


def test_file_with_an_error_shows_where_and_writes_nothing(
    page, office, bring, workbook
):
    bring(workbook(BAD))

    expect(row_of(page, 2)).to_contain_text("NOWHERE")
    expect(page.get_by_text("No row can be imported as it is.")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"Import \d"))).to_have_count(0)
    assert not User.objects.filter(username="li").exists()


def test_check_is_watched_and_cancelled(page, waiting, bring, workbook):
    job = bring(workbook(ZOE))
    expect(page.get_by_text("The worker has not begun yet.").first).to_be_visible()

    # The bar moves by itself.
    job.update(started_at=timezone.now(), done=4000, total=16_000)
    expect(page.locator("[data-job-text]")).to_contain_text("4,000 of 16,000 rows")
    bar = page.get_by_role("progressbar")
    assert bar.evaluate("bar => bar.value / bar.max") == 0.25

    press(page, "Cancel")
    expect(page.get_by_text("was given up; nothing was imported")).to_be_visible()
    be_the_worker(job)
    job.refresh_from_db()
    assert (job.state, job.rows.count()) == ("cancelled", 0)


def test_discarded_review_imports_nothing(page, office, bring, workbook):
    job = bring(workbook(ZOE))
    press(page, "Discard the file")

    expect(page.get_by_text("was given up; nothing was imported")).to_be_visible()
    job.refresh_from_db()
    assert job.state == "cancelled"


# --- The five steps ------------------------------------------------------------------


def test_check_and_import_go_on_while_nobody_looks(
    page, visit, waiting, bring, workbook
):
    job = bring(workbook(ZOE))
    expect(page.get_by_text("You may leave this page")).to_be_visible()
    visit("index")
    be_the_worker(job)

    # The list leads back to the step at which it is.
    visit("portal_importjob_changelist")
    page.get_by_role("link", name="Go on").click()
    import_rows(page)
    expect(page.get_by_text("All rows are written together")).to_be_visible()
    be_the_worker(job)

    # And the page tells the end by itself.
    expect(page.get_by_role("link", name="The people of this import")).to_be_visible()
    assert User.objects.filter(username="zoe").exists()


def test_row_is_mended_another_left_out_and_the_import_undone(
    page, visit, manager, branch, reader_user, sign_in, bring, workbook
):
    sign_in(manager)
    job = bring(workbook(ZOE, ANNA, BAD, ["left.out", "Left", "Out", "", "", ""]))

    # Those in error first. One cell after the other is put right.
    page.get_by_role("link", name="Mend row 4").click()
    page.get_by_label("E-mail address").fill("li@example.org")
    press(page, "Check this row again")
    expect(page.get_by_text("Row 4 was checked again: In error.")).to_be_visible()
    page.get_by_label("Branch").fill("MAIN")
    press(page, "Check this row again")
    expect(page.get_by_text("Row 4 was checked again: New.")).to_be_visible()

    # The look: what changes, old and new side by side.
    expect(row_of(page, 3).locator(".rr-old")).to_have_text("Berg")
    expect(row_of(page, 3).locator(".rr-new")).to_have_text("Bergström")
    page.get_by_label("Import row 5").uncheck()
    press(page, "Keep the ticks of this page")
    expect(page.get_by_text("1 row was changed.")).to_be_visible()
    assert not User.objects.filter(username="zoe").exists()
    import_rows(page)

    # What came of it, and the people of it.
    page.get_by_role("link", name="The people of this import").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(3)
    zoe = User.objects.get(username="zoe")
    assert (zoe.reader.branch.code, zoe.reader.notes) == ("MAIN", "=SUM(1)")
    made = ChangeSet.objects.first()
    assert (made.kind, made.reason) == ("import", "The school's new class")

    # And back again.
    visit("accounts_user_job_import", job.pk)
    page.get_by_role("link", name="Undo import").click()
    page.get_by_label("Reason").fill("The wrong file")
    press(page, "Revert")
    page.wait_for_url("**/changeset/*/change/")
    visit("accounts_user_job_import", job.pk)
    expect(page.get_by_text("What it did was taken back.")).to_be_visible()
    assert not User.objects.filter(username__in=["zoe", "li", "left.out"]).exists()
    assert User.objects.get(username="anna.berg").last_name == "Berg"


def test_refused_rows_are_corrected_and_uploaded_again(
    page, office, bring, workbook, tmp_path
):
    bring(workbook(ZOE, BAD))
    import_rows(page)
    with page.expect_download() as started:
        page.get_by_role("link", name="The refused rows as a file").click()
    assert started.value.suggested_filename == "people-refused.xlsx"
    refused = read_sheet(started.value.path().read_bytes(), "people-refused.xlsx")
    [row] = refused.rows
    assert row.cells[: len(BAD)] == BAD
    assert "There is no branch «NOWHERE». Known: MAIN." in row.cells[-1]

    corrected = [*BAD[:3], "li@example.org", "MAIN", "", row.cells[-1]]
    path = tmp_path / "people-refused.xlsx"
    path.write_bytes(write_sheet(SheetFormat.XLSX, refused.columns, [corrected]))
    bring(path)
    import_rows(page)

    expect(page.get_by_role("link", name="The people of this import")).to_be_visible()
    li = User.objects.get(username="li")
    assert (li.email, li.reader.branch.code, li.reader.notes) == (
        "li@example.org",
        "MAIN",
        "",
    )


def test_people_come_out_again_with_formulas_as_text(page, visit, office):
    reader = User.objects.get(username="anna.berg").reader
    reader.notes = "=SUM(1)"
    reader.save()
    visit("accounts_user_export", query="?q=anna")
    page.get_by_label(re.compile("CSV")).check()
    with page.expect_download() as started:
        press(page, "Export")

    data = started.value.path().read_bytes()
    [row] = read_sheet(data, "people.csv").rows
    assert "anna.berg" in row.cells
    assert b",'=SUM(1)" in data and b"pbkdf2" not in data
