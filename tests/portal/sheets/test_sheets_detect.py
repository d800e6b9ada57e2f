"""What a file is told to be, by its content and by its name."""

import pytest

from portal.sheets import SheetFormat, write_sheet
from tests.portal.sheets.hostile import WRITTEN, make_zip
from tests.sheets import read_sheet

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
TYPES = "[Content_Types].xml"
FILES = {each: write_sheet(each, ["name"], [["ada"]]) for each in WRITTEN}


@pytest.mark.parametrize(
    ("data", "filename", "label"),
    [
        (OLE + bytes(512), "people.xls", "an old Excel workbook (.xls)"),
        (OLE + bytes(512), "people.xlsx", "an old Excel workbook (.xls)"),
        (b"%PDF-1.7\n", "people.pdf", "a PDF document"),
        (b"\x89PNG\r\n\x1a\n", "people.csv", "a picture"),
        (b"\xff\xd8\xff\xe0", "people.csv", "a picture"),
        (b"\x1f\x8b\x08\x00", "people.csv.gz", "a gzip archive"),
        (b"<!DOCTYPE html><table>", "people.xls", "a web page (HTML)"),
        (b"\n <table><tr><td>", "people.csv", "a web page (HTML)"),
        (b"<!-- by a program --><html>", "people.xls", "a web page (HTML)"),
        ("<html>".encode("utf-16"), "people.xls", "a web page (HTML)"),
        (b'<?xml version="1.0"?><Workbook>', "people.xls", "an XML document"),
        (make_zip({"a.txt": "x"}), "people.zip", "a zip archive"),
        (make_zip({"word/document.xml": ""}), "people.xlsx", "a Word document"),
        (make_zip({"xl/workbook.bin": ""}), "people.xlsx", "binary Excel workbook"),
        (make_zip({TYPES: "x.macroEnabled.main"}), "people.xlsm", "with macros"),
        (make_zip({TYPES: "x.macroEnabled.main"}), "people.xlsx", "with macros"),
        (make_zip({"Index/Document.iwa": ""}), "people.numbers", "Apple Numbers"),
        (
            make_zip({"mimetype": "application/vnd.oasis.opendocument.text"}),
            "people.ods",
            "an OpenDocument file that is no spreadsheet",
        ),
    ],
)
def test_foreign_file_is_refused_by_its_content(refuse, data, filename, label):
    message = str(refuse(data, filename))

    assert label in message
    assert "Accepted are CSV (.csv), TSV (.tsv), Excel workbook (.xlsx)" in message


@pytest.mark.parametrize(
    ("found", "ending"),
    [
        (SheetFormat.XLSX, "csv"),
        (SheetFormat.XLSX, "xls"),
        (SheetFormat.ODS, "xlsx"),
        (SheetFormat.JSON, "csv"),
        (SheetFormat.CSV, "xlsx"),
        (SheetFormat.TSV, "xls"),
    ],
)
def test_content_decides_and_not_the_name(found, ending):
    data = write_sheet(found, ["name", "city"], [["ada", "Bonn"]])

    sheet = read_sheet(data, f"people.{ending}")

    assert (sheet.format, sheet.rows[0].cells) == (found, ["ada", "Bonn"])
    assert [f"The name ends in .{ending}" in each for each in sheet.notices] == [True]
    assert f"the content is {found.label} (.{found.value})" in sheet.notices[0]


@pytest.mark.parametrize("each", WRITTEN)
def test_name_that_fits_the_content_is_not_mentioned(each):
    assert read_sheet(FILES[each], f"PEOPLE.{each.value.upper()}").notices == []


@pytest.mark.parametrize("ending", ["csv", "txt", "tab", "tsv"])
def test_plain_text_has_several_endings(ending):
    assert read_sheet(b"name\nada\n", f"people.{ending}").notices == []


@pytest.mark.parametrize("each", [SheetFormat.XLSX, SheetFormat.ODS, SheetFormat.JSON])
def test_content_is_enough_without_an_ending(each):
    assert read_sheet(FILES[each], "people").format is each


def test_header_that_starts_like_json_is_still_csv():
    assert read_sheet(b"[name],{city}\nada,Bonn\n", "a.csv").format is SheetFormat.CSV


def test_every_format_has_a_label_and_a_content_type():
    assert all(each.label and "/" in each.content_type for each in SheetFormat)
