"""Reading xlsx: values as text, and where they stand."""

import datetime as dt
import io

import openpyxl
import pytest

from portal.sheets import SheetFormat
from tests.portal.sheets.hostile import (
    make_relations,
    make_xlsx,
    make_zip,
    xlsx_cell,
    xlsx_parts,
    xlsx_row,
)
from tests.sheets import read_sheet

HEADER = xlsx_row(1, "a", "b")


def save(rows, prepare=None):
    """The rows as another library writes them."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    if prepare:
        prepare(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def with_error(shown):
    cell = f'<c r="B3" t="e"><v>{shown}</v></c>'
    return make_xlsx(f'{HEADER}<row r="3">{xlsx_cell("A3", "x")}{cell}</row>')


@pytest.mark.parametrize("shown", ["#N/A", "#DIV/0!", "#REF!"])
def test_error_value_is_refused_with_its_place(refuse, shown):
    error = refuse(with_error(shown), "people.xlsx")

    assert [(p.row, p.column) for p in error.problems] == [(3, "b")]
    assert f"«{shown}»" in str(error)


def test_error_value_of_newer_excel_is_refused_with_its_place(refuse):
    error = refuse(with_error("#SPILL!"), "people.xlsx")

    assert [(p.row, p.column) for p in error.problems] == [(3, "b")]
    assert "«#SPILL!»" in str(error)


@pytest.mark.parametrize(
    "literal", ["1234567890123456", "-12345678901234567890", "1E+300", "NaN"]
)
def test_number_that_lost_digits_is_refused(refuse, literal):
    row = f'<row r="2"><c r="B2"><v>{literal}</v></c></row>'

    error = refuse(make_xlsx(HEADER + row), "people.xlsx")

    assert [(p.row, p.column) for p in error.problems] == [(2, "b")]
    assert "Format the cell as text" in str(error)


def test_value_without_a_header_is_refused(refuse):
    data = make_xlsx(HEADER + xlsx_row(2, "1", "2", "stray"))

    error = refuse(data, "people.xlsx")

    assert [(p.row, p.column) for p in error.problems] == [(2, "C")]
    assert "«stray»" in str(error)


def test_nul_and_lost_characters_are_refused(refuse):
    data = make_xlsx(HEADER + xlsx_row(2, "_x0000_", "\ufffd"))

    error = refuse(data, "people.xlsx")

    assert [(p.row, p.column) for p in error.problems] == [(2, "a"), (2, "b")]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_workbook_with_hidden_worksheets_only_is_refused(refuse, state):
    listed = f'<sheet name="x" sheetId="1" state="{state}" r:id="rId1"/>'

    error = refuse(make_xlsx(HEADER, sheet_list=listed), "people.xlsx")

    assert "no visible worksheet" in str(error)


def test_empty_worksheet_is_refused(refuse):
    assert "no table" in str(refuse(make_xlsx("", HEADER), "people.xlsx"))


def test_values_become_text():
    values = [
        ("number", 12345, "12345"),
        ("float", 0.1, "0.1"),
        ("negative", -1.5, "-1.5"),
        ("long", 999999999999999, "999999999999999"),
        ("zeros", "007", "007"),
        ("true", True, "true"),
        ("false", False, "false"),
        ("day", dt.date(2024, 3, 5), "2024-03-05"),
        ("midnight", dt.datetime(2024, 3, 5), "2024-03-05"),
        ("moment", dt.datetime(2024, 3, 5, 10, 30, 15), "2024-03-05T10:30:15"),
        ("time", dt.time(10, 30), "10:30:00"),
        ("duration", dt.timedelta(hours=30, minutes=5), "P1DT6H5M"),
        ("blank", None, ""),
        ("spaces", "  two  spaces ", "  two  spaces "),
        ("lines", "one\ntwo\tthree", "one\ntwo\tthree"),
    ]
    data = save([[name for name, _, _ in values], [value for _, value, _ in values]])

    sheet = read_sheet(data, "people.xlsx")

    expected = {name: text for name, _, text in values}
    assert dict(zip(sheet.columns, sheet.rows[0].cells, strict=True)) == expected


def test_percentage_is_its_number(cells):
    def percent(book):
        book.active["A2"].number_format = "0%"

    assert cells(save([["a"], [0.25]], percent), "people.xlsx") == [["0.25"]]


@pytest.mark.parametrize(("flag", "day"), [("0", "2024-03-05"), ("1", "2028-03-06")])
def test_date_system_of_the_workbook_is_used(cells, flag, day):
    row = '<row r="2"><c r="A2" s="1"><v>45356</v></c></row>'
    data = make_xlsx(
        xlsx_row(1, "day") + row, workbook=f'<workbookPr date1904="{flag}"/>'
    )

    assert cells(data, "people.xlsx") == [[day]]


def test_formula_gives_its_last_value(cells):
    row = (
        '<row r="2"><c r="A2"><f>1+1</f><v>2</v></c>'
        '<c r="B2" t="str"><f>"x"</f><v>x &amp; y</v></c></row>'
    )

    assert cells(make_xlsx(HEADER + row), "people.xlsx") == [["2", "x & y"]]


def test_shared_texts_are_found_by_their_number(cells):
    row = '<row r="2"><c r="A2" t="s"><v>2</v></c><c r="B2" t="s"><v>1</v></c></row>'
    data = make_xlsx(HEADER + row, texts=["zero", "", "two"])

    assert cells(data, "people.xlsx") == [["two", ""]]


def test_rows_and_columns_keep_their_places(refuse):
    header = f'<row r="3">{xlsx_cell("C3", "a")}{xlsx_cell("D3", "b")}</row>'
    row = f'<row r="7">{xlsx_cell("C7", "x")}{xlsx_cell("E7", "stray")}</row>'

    error = refuse(make_xlsx(header + row), "people.xlsx")

    assert [(p.row, p.column) for p in error.problems] == [(7, "E")]


def test_blank_rows_are_skipped_and_counted():
    data = make_xlsx(xlsx_row(3, "a", "b") + xlsx_row(7, "x", "y"))

    sheet = read_sheet(data, "people.xlsx")

    assert [(row.number, row.cells) for row in sheet.rows] == [(7, ["x", "y"])]


def test_cells_without_places_follow_each_other(cells):
    row = "<row>{}</row>"
    value = '<c t="inlineStr"><is><t>{}</t></is></c>'
    rows = [[value.format(text) for text in texts] for texts in ("ab", "xy")]

    data = make_xlsx("".join(row.format("".join(cells)) for cells in rows))

    assert cells(data, "people.xlsx") == [["x", "y"]]


def test_first_visible_worksheet_is_read_and_named():
    listed = (
        '<sheet name="Old" sheetId="1" state="hidden" r:id="rId1"/>'
        '<sheet name="People" sheetId="2" r:id="rId2"/>'
        '<sheet name="More" sheetId="3" r:id="rId3"/>'
    )
    sheets = [xlsx_row(1, name) for name in ("old", "people", "more")]

    sheet = read_sheet(make_xlsx(*sheets, sheet_list=listed), "people.xlsx")

    assert (sheet.columns, sheet.worksheet) == (["people"], "People")
    assert sheet.notices == ["2 worksheets; only the first, «People», was read"]


def test_parts_are_found_wherever_the_workbook_says():
    parts = xlsx_parts(HEADER + xlsx_row(2, "1", "2"))
    moved = {
        "[Content_Types].xml": parts["[Content_Types].xml"],
        "_rels/.rels": make_relations(("x", "officeDocument", "/Main/Book.xml")),
        "main/book.xml": parts["xl/workbook.xml"],
        "main/_rels/Book.xml.rels": make_relations(
            ("rId1", "worksheet", "../sheets/one.xml")
        ),
        "Sheets\\One.xml": parts["xl/worksheets/sheet1.xml"],
    }

    sheet = read_sheet(make_zip(moved), "people.xlsx")

    assert (sheet.format, sheet.rows[0].cells) == (SheetFormat.XLSX, ["1", "2"])


def test_prefixed_elements_are_read(cells):
    parts = xlsx_parts(HEADER)
    parts["xl/worksheets/sheet1.xml"] = (
        '<x:worksheet xmlns:x="y"><x:sheetData>'
        '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
        '<x:row r="2"><x:c r="A2"><x:v>2</x:v></x:c></x:row>'
        "</x:sheetData></x:worksheet>"
    )

    assert cells(make_zip(parts), "people.xlsx") == [["2"]]
