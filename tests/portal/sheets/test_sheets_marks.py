"""Files whose bad cells are marked, with the reason in the last column."""

import io

import openpyxl
import pytest
from odf import opendocument, style, table

from portal.sheets import (
    WRITABLE,
    MarkedRow,
    SheetFormat,
    write_sheet,
)
from portal.sheets.write import save_sheet
from tests.sheets import read_sheet

COLUMNS = ["username", "email", "notes", "what is wrong"]
ROWS = [
    MarkedRow(["anna", "no address", "=1+1", "column email: no address"], {1}),
    MarkedRow(["", "b@example.org", "-1", "No username.\nNo notes."], [0, 2]),
    ["carl", "c@example.org", "", ""],
]
MARKED = {(2, 2), (3, 1), (3, 3)}


def written(each):
    target = io.BytesIO()
    save_sheet(target, each, COLUMNS, ROWS, has_reason=True)
    return target.getvalue()


@pytest.mark.parametrize("each", WRITABLE)
def test_marks_of_another_width_are_a_mistake_of_the_caller(each):
    with pytest.raises(ValueError, match="Row 2 has 1 of 2 cells"):
        write_sheet(each, ["a", "b"], [MarkedRow(["1"], {0})])


@pytest.mark.parametrize("each", WRITABLE)
def test_marked_file_is_read_back_as_the_same_texts(each):
    sheet = read_sheet(written(each), f"refused.{each.value}")

    assert sheet.columns == COLUMNS
    assert [row.cells for row in sheet.rows] == [
        *(row.cells for row in ROWS[:2]),
        ROWS[2],
    ]


def test_marked_cells_alone_are_filled_in_xlsx():
    book = openpyxl.load_workbook(io.BytesIO(written(SheetFormat.XLSX)))
    cells = [cell for row in book.active.rows for cell in row]

    filled = {(c.row, c.column) for c in cells if c.fill.fgColor.rgb == "FFFFC7CE"}
    assert filled == MARKED
    assert {c.data_type for c in cells} <= {"s", "n"}
    assert [c.quotePrefix for c in (book.active["C2"], book.active["C3"])] == [1, 1]


def test_reason_is_wide_and_wrapped_in_xlsx():
    sheet = openpyxl.load_workbook(io.BytesIO(written(SheetFormat.XLSX))).active

    assert sheet["D2"].alignment.wrap_text
    assert not sheet["B2"].alignment.wrap_text
    assert sheet.column_dimensions["D"].width > 60


def test_marked_cells_alone_are_filled_in_ods():
    document = opendocument.load(io.BytesIO(written(SheetFormat.ODS)))
    rows = document.getElementsByType(table.TableRow)
    names = [
        [cell.getAttribute("stylename") for cell in row.childNodes] for row in rows
    ]
    fills = {
        each.getAttribute("name"): properties.getAttribute("backgroundcolor")
        for each in document.getElementsByType(style.Style)
        for properties in each.getElementsByType(style.TableCellProperties)
    }

    assert {
        (row, column)
        for row, cells in enumerate(names, 1)
        for column, name in enumerate(cells, 1)
        if fills.get(name) == "#FFC7CE"
    } == MARKED


def test_reason_is_wide_and_wrapped_in_ods():
    document = opendocument.load(io.BytesIO(written(SheetFormat.ODS)))
    columns = document.getElementsByType(table.TableColumn)
    last = document.getElementsByType(table.TableRow)[1].lastChild

    assert [c.getAttribute("stylename") for c in columns] == [None, "wide"]
    assert columns[0].getAttribute("numbercolumnsrepeated") == "3"
    assert last.getAttribute("stylename") == "reason"
