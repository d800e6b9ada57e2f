"""A spreadsheet on its way in and out again, through the browser."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from portal.models import ChangeSet
from portal.sheets import SheetFormat, read_sheet, write_sheet

COLUMNS = ["username", "first_name", "last_name", "email", "branch", "notes"]


@pytest.fixture
def file(tmp_path):
    """Writes these rows as a workbook, and returns its path."""

    def write(*rows):
        path = tmp_path / "people.xlsx"
        path.write_bytes(write_sheet(SheetFormat.XLSX, COLUMNS, rows))
        return path

    return write


@pytest.fixture
def office(importer, branch, reader_user, sign_in, page, visit):
    """Signed in as the importer, with a way to upload a file."""
    sign_in(importer)

    def upload(path):
        visit("accounts_user_import")
        page.locator("input[type=file]").set_input_files(path)
        page.get_by_role("button", name="Check the file").click()

    return upload


def test_file_with_an_error_shows_where_and_writes_nothing(page, office, file):
    office(file(["new.one", "New", "One", "not an address", "NOWHERE", ""]))

    expect(page.get_by_text("NOWHERE").first).to_be_visible()
    expect(page.get_by_role("button", name=re.compile(r"Import \d"))).to_have_count(0)
    assert not User.objects.filter(username="new.one").exists()


def test_workbook_is_reviewed_confirmed_and_comes_out_again(page, visit, office, file):
    office(
        file(
            ["zoe", "Zoë", "Ångström", "zoe@example.org", "MAIN", "=SUM(1)"],
            ["anna.berg", "Anna", "Bergström", "anna@example.org", "", ""],
        )
    )

    # The look: one new person, one changed, old and new side by side.
    expect(page.locator(".rr-old").filter(has_text="Berg").first).to_be_visible()
    expect(page.locator(".rr-new").filter(has_text="Bergström").first).to_be_visible()
    assert not User.objects.filter(username="zoe").exists()

    page.get_by_label("Reason").first.fill("The school's new class")
    page.get_by_role("button", name=re.compile(r"Import \d")).click()
    expect(page.get_by_text("people.xlsx").first).to_be_visible()
    zoe = User.objects.get(username="zoe")
    assert (zoe.reader.branch.code, zoe.reader.notes) == ("MAIN", "=SUM(1)")
    made = ChangeSet.objects.first()
    assert (made.kind, made.reason) == ("import", "The school's new class")

    # Out again, with formulas as text, and no password.
    visit("accounts_user_export", query="?q=zoe")
    page.get_by_label(re.compile("CSV")).check()
    with page.expect_download() as started:
        page.get_by_role("button", name="Export").click()
    data = started.value.path().read_bytes()
    [row] = read_sheet(data, "people.csv").rows
    assert "zoe" in row.cells and b",'=SUM(1)" in data and b"pbkdf2" not in data
