"""What is written, as the program that opens it sees it."""

import csv
import datetime as dt
import errno
import io
import tracemalloc
import zipfile
from decimal import Decimal
from tempfile import TemporaryFile

import openpyxl
import pytest
from odf import opendocument, table, teletype

from portal.sheets import (
    WRITABLE,
    SheetError,
    SheetFormat,
    save_sheet,
    stream_csv,
    write_sheet,
)
from tests.sheets import read_sheet

RISKY = [
    "=1+1",
    "==1",
    "+49 30 1",
    "-1",
    "@SUM(A1)",
    "\tx",
    "\rx",
    "\0x",
    "＝1",
    "＋1",
    "－1",
    "＠x",
    "'=1",
    "''=1",
    '=HYPERLINK("http://x.test","y")',
]
HARMLESS = ["", "a=1", "'", "''", "'a", " =1", "1-2", "12345", "007"]
PLAIN_TEXT = [SheetFormat.CSV, SheetFormat.TSV]


def written_csv(each, *rows):
    text = write_sheet(each, ["a"], rows).decode("utf-8-sig")
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=each.delimiter)
    return [row[0] for row in lines][1:]


def written_xlsx(columns, *rows):
    data = write_sheet(SheetFormat.XLSX, columns, rows)
    return openpyxl.load_workbook(io.BytesIO(data)).active


@pytest.mark.parametrize("each", WRITABLE)
def test_row_of_another_width_is_a_mistake_of_the_caller(each):
    with pytest.raises(ValueError, match="Row 3 has 1 of 2 cells"):
        write_sheet(each, ["a", "b"], [["1", "2"], ["1"]])


@pytest.mark.parametrize("each", WRITABLE)
@pytest.mark.parametrize("rows", [[["x", "\ud800"]], [["x", ""], ["x", "\udfff"]]])
def test_half_a_character_is_refused_with_its_place(each, rows):
    with pytest.raises(SheetError) as caught:
        write_sheet(each, ["a", "b"], rows)

    problem = caught.value.problems[0]
    assert (problem.row, problem.column) == (len(rows) + 1, "b")


@pytest.mark.parametrize("text", ["\ufffe", "\uffff"])
@pytest.mark.parametrize("each", [SheetFormat.XLSX, SheetFormat.ODS])
def test_character_that_xml_cannot_hold_is_refused(each, text):
    with pytest.raises(SheetError, match=f"U\\+{ord(text):04X}"):
        write_sheet(each, ["a"], [[text]])


@pytest.mark.parametrize("text", ["\0", "\x01", "\x0b", "\x0c", "\x1f"])
def test_control_character_is_refused_in_ods(text):
    with pytest.raises(SheetError, match=r"row 2, column a: .* OpenDocument"):
        write_sheet(SheetFormat.ODS, ["a"], [[text]])


@pytest.mark.parametrize("each", WRITABLE)
def test_header_is_checked_too(each):
    with pytest.raises(SheetError, match="row 1, column"):
        write_sheet(each, ["\ud800"], [])


def test_text_too_long_for_excel_is_refused_and_not_cut():
    with pytest.raises(SheetError, match=r"row 2, column a: .* 32,768"):
        write_sheet(SheetFormat.XLSX, ["a"], [["x" * 32_768]])


@pytest.mark.parametrize("each", WRITABLE)
@pytest.mark.parametrize("count", [1, 20_000])
def test_full_disk_is_told_as_such(each, count):
    rows = ([f"row {number * 7919 % 100_003}"] for number in range(count))
    with (
        open("/dev/full", "r+b", buffering=0) as target,
        pytest.raises(OSError) as caught,
    ):
        save_sheet(target, each, ["a"], rows)

    assert caught.value.errno == errno.ENOSPC


@pytest.mark.parametrize("each", PLAIN_TEXT)
@pytest.mark.parametrize("text", RISKY)
def test_formula_is_guarded_in_plain_text(each, text):
    assert written_csv(each, [text]) == [f"'{text}"]


@pytest.mark.parametrize("each", PLAIN_TEXT)
@pytest.mark.parametrize("text", HARMLESS)
def test_harmless_text_is_left_alone(each, text):
    assert written_csv(each, [text]) == [text]


def test_header_is_guarded_too():
    assert b"'=a" in write_sheet(SheetFormat.CSV, ["=a"], [])


@pytest.mark.parametrize("text", [each for each in RISKY if each.isprintable()])
def test_formula_is_a_text_in_xlsx(text):
    cell = written_xlsx(["a"], [text])["A2"]

    assert (cell.data_type, cell.value) == ("s", text)
    assert cell.quotePrefix


@pytest.mark.parametrize("text", ["http://x.test", "12345", "TRUE", "<r><t>x</t></r>"])
def test_text_is_no_link_no_number_and_no_markup_in_xlsx(text):
    cell = written_xlsx(["a"], [text])["A2"]

    assert (cell.data_type, cell.value, cell.hyperlink) == ("s", text, None)
    assert not cell.quotePrefix


@pytest.mark.parametrize("text", ["<r><t>x</t></r>", "<r></x></r>", "_x005F_x0041_"])
def test_text_that_looks_like_the_format_itself_survives(text):
    data = write_sheet(SheetFormat.XLSX, ["a"], [[text]])

    assert read_sheet(data, "a.xlsx").rows[0].cells == [text]


def test_xlsx_is_ready_to_use():
    sheet = written_xlsx(["name", "note"], ["Ada", "x" * 30], ["Ben", ""])

    assert sheet.freeze_panes == "A2"
    assert sheet.auto_filter.ref == "A1:B3"
    assert sheet["A1"].font.bold
    assert not sheet["A2"].font.bold
    assert sheet.column_dimensions["B"].width > 2 * sheet.column_dimensions["A"].width


def test_xlsx_leaves_no_temporary_file(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    write_sheet(SheetFormat.XLSX, ["a"], [["x"]])
    with pytest.raises(SheetError):
        write_sheet(SheetFormat.XLSX, ["a"], [["x"], ["\uffff"]])

    assert list(tmp_path.iterdir()) == []


def test_formula_is_a_text_in_ods():
    data = write_sheet(SheetFormat.ODS, ["a"], [["=1+1"]])

    cell = opendocument.load(io.BytesIO(data)).getElementsByType(table.TableCell)[1]

    assert cell.getAttribute("valuetype") == "string"
    assert cell.getAttribute("formula") is None
    assert teletype.extractText(cell) == "=1+1"


def test_ods_starts_with_its_type_unpacked():
    data = write_sheet(SheetFormat.ODS, ["a"], [])

    first = zipfile.ZipFile(io.BytesIO(data)).infolist()[0]

    assert (first.filename, first.compress_type) == ("mimetype", zipfile.ZIP_STORED)
    assert data[38:].startswith(SheetFormat.ODS.content_type.encode())


def test_csv_opens_right_in_excel():
    data = write_sheet(SheetFormat.CSV, ["name", "city"], [["José", 'a "b", c']])

    assert data == '\ufeffname,city\r\nJosé,"a ""b"", c"\r\n'.encode()


def test_tsv_is_separated_by_tabs():
    data = write_sheet(SheetFormat.TSV, ["name", "city"], [["José", "a, b"]])

    assert data == "\ufeffname\tcity\r\nJosé\ta, b\r\n".encode()


def test_json_is_readable():
    data = write_sheet(SheetFormat.JSON, ["name", "city"], [["José", None]])

    assert data.decode() == '[\n  {\n    "name": "José",\n    "city": ""\n  }\n]'


def test_stream_gives_pieces_while_rows_are_fetched():
    fetched = []

    def rows():
        for number in range(10_000):
            fetched.append(number)
            yield [f"row {number}"]

    pieces = stream_csv(SheetFormat.CSV, ["a"], rows())
    next(pieces)

    assert len(fetched) < 10_000
    assert b"".join(pieces).endswith(b"row 9999\r\n")


@pytest.mark.parametrize("each", WRITABLE)
def test_values_are_written_as_the_reader_gives_them(each):
    values = {
        "none": (None, ""),
        "true": (True, "true"),
        "int": (12345, "12345"),
        "float": (12345.0, "12345"),
        "minus_zero": (-0.0, "0"),
        "decimal": (Decimal("1.50"), "1.50"),
        "day": (dt.date(2024, 3, 5), "2024-03-05"),
        "midnight": (dt.datetime(2024, 3, 5), "2024-03-05"),
        "moment": (dt.datetime(2024, 3, 5, 1, 2), "2024-03-05T01:02:00"),
        "aware": (dt.datetime(2024, 3, 5, tzinfo=dt.UTC), "2024-03-05T00:00:00+00:00"),
        "time": (dt.time(10, 30), "10:30:00"),
        "short": (dt.timedelta(minutes=5, microseconds=1), "00:05:00.000001"),
        "long": (dt.timedelta(days=2, seconds=1.5), "P2DT1.500000S"),
    }
    row = [value for value, _ in values.values()]

    sheet = read_sheet(write_sheet(each, list(values), [row]), f"a.{each.value}")

    texts = {name: text for name, (_, text) in values.items()}
    assert dict(zip(sheet.columns, sheet.rows[0].cells, strict=True)) == texts


def peak_of(each, rows):
    tracemalloc.start()
    try:
        with TemporaryFile() as target:
            texts = ([f"row {number}", "text" * 5] for number in range(rows))
            save_sheet(target, each, ["a", "b"], texts)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("each", WRITABLE)
def test_memory_does_not_grow_with_the_rows(each):
    peak_of(each, 10)

    assert peak_of(each, 20_000) < 1.5 * peak_of(each, 4000)


def test_json_without_rows_is_an_empty_list():
    assert write_sheet(SheetFormat.JSON, ["a"], []) == b"[]"


def test_more_rows_than_a_worksheet_holds_go_on_in_a_second_one():
    with TemporaryFile() as target:
        rows = (["x"] if number else ["first"] for number in range(1_048_577))
        save_sheet(target, SheetFormat.XLSX, ["a"], rows)
        book = openpyxl.load_workbook(target, read_only=True)
        beginnings = [
            [row[0] for row in sheet.iter_rows(max_row=2, values_only=True)]
            for sheet in book
        ]
        second = [row[0] for row in book.worksheets[1].iter_rows(values_only=True)]

    assert book.sheetnames == ["Sheet1", "Sheet1 continued (2)"]
    assert beginnings == [["a", "first"], ["a", "x"]]
    assert second == ["a", "x", "x"]


@pytest.mark.parametrize(
    "each", [each for each in WRITABLE if each is not SheetFormat.JSON]
)
def test_header_alone_is_read_back(each):
    sheet = read_sheet(write_sheet(each, ["a", "b; c"], []), f"a.{each.value}")

    assert (sheet.columns, sheet.rows) == (["a", "b; c"], [])


@pytest.mark.parametrize("each", PLAIN_TEXT)
@pytest.mark.parametrize("columns", [["a;b"], ["a\tb", "c|d|e"], ["a,b,c", "d;e;f;g"]])
def test_header_with_delimiters_inside_is_read_back(each, columns):
    data = write_sheet(each, columns, [["x;y,z\t|"] * len(columns)])

    assert read_sheet(data, f"a.{each.value}").columns == columns
