"""The refused rows' file: as the upload was, with the reasons, to be uploaded again."""

import openpyxl
import pytest
from django.core.management import call_command

from accounts.models import User
from portal.models import ImportJob
from portal.sheets import WRITABLE, SheetFormat, save_sheet
from tests.sheets import read_sheet

pytestmark = pytest.mark.django_db

WHY = "Why it was refused"
TITLES = ["Shade", "Login", "Born", "Phone", ""]
GOOD = ["red", "good.one", "1999-04-03", "", ""]
BAD = ["blue", "bad.one", "31/31/1999", "12", "loose"]


@pytest.fixture
def refused_of(tmp_path, importer):
    """The refused rows' path, of a file of these rows."""

    def run(format, *rows, titles=TITLES, more=()):
        path = tmp_path / f"people.{format.value}"
        with path.open("wb") as target:
            save_sheet(target, format, titles, rows)
        bad = tmp_path / f"bad.{format.value}"
        args = ["import_people", str(path), "--actor", "importer", *more]
        with pytest.raises(SystemExit):
            call_command(*args, "--errors", str(bad))
        return bad

    return run


def read(path):
    return read_sheet(path.read_bytes(), path.name)


@pytest.mark.parametrize("format", WRITABLE)
def test_columns_and_cells_are_as_they_were(refused_of, format):
    sheet = read(refused_of(format, GOOD[:4], BAD[:4], titles=TITLES[:4]))

    assert sheet.columns == [*TITLES[:4], WHY]
    assert [row.cells[:4] for row in sheet.rows] == [BAD[:4]]
    assert sheet.format is format


def test_reason_has_a_line_for_each_column_as_the_file_calls_it(refused_of):
    [row] = read(refused_of(SheetFormat.CSV, GOOD[:4], BAD[:4], titles=TITLES[:4])).rows

    born, phone = row.cells[-1].split("\n")
    assert born.startswith("Born: ")
    assert phone.startswith("Phone: «12» is no phone number")


def test_bad_cells_are_marked_and_no_other(refused_of):
    path = refused_of(SheetFormat.XLSX, GOOD[:4], BAD[:4], titles=TITLES[:4])

    row = openpyxl.load_workbook(path).active[2]
    marked = [cell.fill.fgColor.rgb.endswith("FFC7CE") for cell in row]
    assert marked == [False, False, True, True, False]


def test_column_without_a_title_keeps_its_cells(refused_of):
    path = refused_of(SheetFormat.CSV, GOOD, BAD)

    assert ",loose," in path.read_text("utf-8-sig").splitlines()[1]


def test_row_as_a_whole_has_no_column_in_its_reason(refused_of, root):
    row = ["red", "root", "", "+44 20 7946 0958", ""]
    sheet = read(refused_of(SheetFormat.CSV, row))

    assert sheet.rows[0].cells[-1].startswith("This person stands above you")


def test_what_rows_have_against_each_other_is_told_too(refused_of):
    sheet = read(refused_of(SheetFormat.CSV, GOOD, GOOD))

    assert sheet.rows[0].cells[-1].startswith("Login: This person stands in row 2")


def test_skipped_rows_are_not_among_them(refused_of):
    known = ["red", "importer", "", ""]
    path = refused_of(
        SheetFormat.CSV, known, BAD[:4], titles=TITLES[:4], more=["--mode", "create"]
    )
    sheet = read(path)

    assert [row.cells[1] for row in sheet.rows] == ["bad.one"]


def test_corrected_it_goes_in_and_the_reasons_do_not(refused_of):
    path = refused_of(SheetFormat.CSV, GOOD, BAD)
    mended = path.read_text("utf-8-sig").replace("31/31/1999", "1999-05-23")
    path.write_text(mended.replace(",12,", ",,"))
    call_command("import_people", str(path), "--actor", "importer", "--commit")

    assert User.objects.get(username="bad.one").reader.birth_date
    [choice] = [c for c in newest().options["columns"] if c["title"] == WHY]
    assert choice["column"] == ""


def test_reasons_of_an_earlier_round_do_not_pile_up(refused_of):
    first = read(refused_of(SheetFormat.CSV, BAD[:4], titles=TITLES[:4]))
    rows = [row.cells for row in first.rows]
    again = read(refused_of(SheetFormat.CSV, *rows, titles=first.columns))

    assert again.columns == first.columns
    assert [row.cells for row in again.rows] == rows


def newest():
    return ImportJob.objects.latest("created_at")
