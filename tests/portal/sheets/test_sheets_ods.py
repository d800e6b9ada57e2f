"""Reading ods: values as text, and spreadsheets made to do harm."""

import pytest
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

from portal.sheets import Limits
from tests.portal.sheets.hostile import (
    make_ods,
    make_zip,
    ods_cell,
    ods_parts,
    ods_row,
    ods_table,
    ods_text,
)
from tests.sheets import read_sheet

HEADER = ods_row("a", "b")
ROW = ods_row("x", "y")
BLANK_ROW = '<table:table-cell table:number-columns-repeated="16384"/>'


def repeat_cell(times, text="x"):
    cell = ods_text(text)
    return cell.replace(
        "office:", f'table:number-columns-repeated="{times}" office:', 1
    )


@pytest.mark.parametrize("times", [1_001, 1_048_576, 9_999_999_999])
def test_value_repeated_over_too_many_rows_is_refused(refuse, times):
    data = make_ods(HEADER + ods_row("x", "y", repeated=times))

    error = refuse(data, "people.ods", limits=Limits(rows=1_000))

    assert "more than 1,000 rows" in str(error)


def test_row_that_a_few_bytes_repeat_very_often_is_refused(refuse):
    data = make_ods(HEADER + ods_row("x", "y", repeated=1_001))

    error = refuse(data, "people.ods")

    assert "stands here 1,001 times" in str(error)
    assert error.problems[0].row == 2


@pytest.mark.parametrize("times", [64, 16_384, 9_999_999_999])
def test_value_repeated_over_too_many_columns_is_refused(refuse, times):
    row = f"<table:table-row>{ods_text('x')}{repeat_cell(times)}</table:table-row>"

    error = refuse(make_ods(HEADER + row), "people.ods")

    assert f"({times + 1:,}) or further; at most 64 columns" in str(error)


def test_value_behind_many_blank_columns_is_refused(refuse):
    row = f"<table:table-row>{BLANK_ROW}{ods_text('x')}</table:table-row>"

    assert "(16,385)" in str(refuse(make_ods(HEADER + row), "people.ods"))


@pytest.mark.parametrize("times", ["0", "-1", "x", "1e9", "", "99999999999"])
def test_impossible_repetition_is_refused(refuse, times):
    data = make_ods(HEADER + ods_row("x", repeated=times or " "))

    assert "is repeated" in str(refuse(data, "people.ods"))


def test_long_text_repeated_very_often_is_refused(refuse):
    data = make_ods(HEADER + ods_row("x" * 9_999, repeated=999))

    error = refuse(data, "people.ods", limits=Limits(unpacked_bytes=1_000_000))

    assert "more text" in str(error)


def test_very_many_spaces_are_refused(refuse):
    data = make_ods(HEADER + ods_row('<text:s text:c="999999999"/>' * 99))

    assert "more than 10,000 characters" in str(refuse(data, "people.ods"))


def test_error_value_is_refused_with_its_place(refuse):
    fault = ods_cell("float", "<text:p>#DIV/0!</text:p>", value="0").replace(
        ' office:value="', ' calcext:value-type="error" office:value="'
    )

    error = refuse(make_ods(ods_table([ods_text("x"), fault])), "people.ods")

    assert [(p.row, p.column) for p in error.problems] == [(2, "b")]
    assert "«#DIV/0!»" in str(error)


@pytest.mark.parametrize("literal", ["1234567890123456", "-1E+15", "NaN"])
def test_number_that_lost_digits_is_refused(refuse, literal):
    row = [ods_text("x"), ods_cell("float", value=literal)]

    error = refuse(make_ods(ods_table(row)), "people.ods")

    assert [(p.row, p.column) for p in error.problems] == [(2, "b")]
    assert "Format the cell as text" in str(error)


@pytest.mark.parametrize("start", ['<!DOCTYPE x [<!ENTITY a "ha">]>', "<!DOCTYPE x>"])
def test_document_type_is_refused(refuse, start):
    parts = ods_parts(HEADER)
    parts["content.xml"] = start + parts["content.xml"]

    assert "document type (DTD)" in str(refuse(make_zip(parts), "people.ods"))


def test_password_is_refused(refuse):
    parts = ods_parts(HEADER)
    parts["META-INF/manifest.xml"] = "<m:manifest><m:encryption-data/></m:manifest>"

    assert "protected with a password" in str(refuse(make_zip(parts), "people.ods"))


def test_missing_content_is_refused(refuse):
    parts = ods_parts(HEADER)
    del parts["content.xml"]

    assert "content.xml is missing" in str(refuse(make_zip(parts), "people.ods"))


def test_spreadsheet_without_a_table_is_refused(refuse):
    assert "no visible worksheet" in str(refuse(make_ods(), "people.ods"))


def test_value_without_a_header_is_refused(refuse):
    data = make_ods(HEADER + ods_row("1", "2", "stray"))

    error = refuse(data, "people.ods")

    assert [(p.row, p.column) for p in error.problems] == [(2, "C")]


@pytest.mark.parametrize(
    ("kind", "values", "text"),
    [
        ("float", {"value": "12345"}, "12345"),
        ("float", {"value": "12345.0"}, "12345"),
        ("float", {"value": "1E3"}, "1000"),
        ("float", {"value": "0.1"}, "0.1"),
        ("float", {"value": "999999999999999"}, "999999999999999"),
        ("float", {"value": "strange"}, "strange"),
        ("percentage", {"value": "0.25"}, "0.25"),
        ("currency", {"value": "2.50"}, "2.5"),
        ("boolean", {"boolean_value": "true"}, "true"),
        ("date", {"date_value": "2024-03-05"}, "2024-03-05"),
        ("date", {"date_value": "2024-03-05T00:00:00"}, "2024-03-05"),
        ("date", {"date_value": "2024-03-05T10:30:15"}, "2024-03-05T10:30:15"),
        ("date", {"date_value": "-4712-01-01"}, "-4712-01-01"),
        ("time", {"time_value": "PT10H30M00S"}, "10:30:00"),
        ("time", {"time_value": "PT30H05M00.000000000S"}, "P1DT6H5M"),
        ("time", {"time_value": "-PT1H"}, "-P0DT1H"),
        ("time", {"time_value": "P9999999999999D"}, "P9999999999999D"),
        ("string", {"string_value": "007"}, "007"),
    ],
)
def test_values_become_text(cells, kind, values, text):
    shown = "<text:p>as it is shown</text:p>"
    data = make_ods(ods_table([ods_text("x"), ods_cell(kind, shown, **values)]))

    assert cells(data, "people.ods") == [["x", text]]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        ("<text:p>a<text:s/>b<text:s text:c='3'/>c</text:p>", "a b   c"),
        ("<text:p>a<text:tab/>b<text:line-break/>c</text:p>", "a\tb\nc"),
        ("<text:p>one</text:p><text:p/><text:p>two</text:p>", "one\n\ntwo"),
        ("<text:p>\n  a\n  <text:span> b</text:span> c \n</text:p>", "a b c"),
        ("<text:p><text:s/> a <text:s/></text:p>", "  a  "),
        ("<text:p>a<text:a>link</text:a></text:p>\n", "alink"),
        ("<office:annotation><text:p>no</text:p></office:annotation>", ""),
        ("<draw:frame><text:p>no</text:p></draw:frame><text:p>a</text:p>", "a"),
    ],
)
def test_text_is_put_together(cells, inside, text):
    data = make_ods(ods_table([ods_text("x"), ods_cell("string", inside)]))

    assert cells(data, "people.ods") == [["x", text]]


def test_number_without_its_value_is_read_as_shown(cells):
    data = make_ods(ods_table([ods_cell("float", "<text:p>5</text:p>")]))

    assert cells(data, "people.ods") == [["5"]]


def test_value_below_many_blank_rows_is_read():
    blank = f'<table:table-row table:number-rows-repeated="900000">{BLANK_ROW}'

    sheet = read_sheet(
        make_ods(f"{HEADER}{blank}</table:table-row>{ROW}"), "people.ods"
    )

    assert [(r.number, r.cells) for r in sheet.rows] == [(900_002, ["x", "y"])]


def test_million_blank_rows_at_the_end_are_nothing(cells):
    blank = f'<table:table-row table:number-rows-repeated="1048573">{BLANK_ROW}'

    data = make_ods(f"{HEADER}{ROW}{blank}</table:table-row>")

    assert cells(data, "people.ods") == [["x", "y"]]


def test_repeated_rows_and_cells_are_read_and_numbered():
    row = f"<table:table-row>{repeat_cell(2)}</table:table-row>"
    data = make_ods(
        HEADER + ods_row("", "", repeated=3) + ods_row("p", "q", repeated=2) + row
    )

    sheet = read_sheet(data, "people.ods")

    assert [(r.number, r.cells) for r in sheet.rows] == [
        (5, ["p", "q"]),
        (6, ["p", "q"]),
        (7, ["x", "x"]),
    ]


def test_first_visible_table_is_read_and_named():
    hide = (
        '<style:style style:name="off"><style:table-properties table:display="false"/>'
        "</style:style>"
    )
    data = make_ods(("off", HEADER), HEADER + ROW, ods_row("other"), styles=hide)

    sheet = read_sheet(data, "people.ods")

    assert (sheet.columns, sheet.worksheet) == (["a", "b"], "People2")
    assert sheet.notices == ["2 worksheets; only the first, «People2», was read"]


def test_file_of_another_library_is_read(cells, tmp_path):
    document = OpenDocumentSpreadsheet()
    table = Table(name="People")
    for texts in (["name", "note"], ["ada", "a < b"]):
        row = TableRow(parent=table)
        for text in texts:
            TableCell(parent=row, valuetype="string").addElement(P(text=text))
    document.spreadsheet.addElement(table)
    document.save(tmp_path / "people.ods")

    data = (tmp_path / "people.ods").read_bytes()

    assert cells(data, "people.ods") == [["ada", "a < b"]]


def test_lower_limit_is_held_and_not_one_row_more(refuse, cells):
    data = make_ods(HEADER + ROW * 3)

    assert "more than 2 rows" in str(refuse(data, "people.ods", limits=Limits(rows=2)))
    assert len(cells(data, "people.ods", limits=Limits(rows=3))) == 3
