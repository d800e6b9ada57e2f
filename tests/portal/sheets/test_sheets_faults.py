"""What is wrong with one row is told with that row, and the others are read."""

import pytest

from portal.sheets import Limits, SheetError, open_sheet
from portal.sheets.sheet import WHOLE_ROW
from tests.portal.sheets.hostile import make_ods, make_xlsx, ods_row, xlsx_row

LOST = "\N{REPLACEMENT CHARACTER}"


def faulty(rows):
    return {row.number: row.faults for row in rows if row.faults}


def test_file_that_ends_inside_quotation_marks_is_refused_after_good_rows(tmp_path):
    path = tmp_path / "people.csv"
    path.write_text("name,notes\n" + "ada,x\n" * 500 + 'ben,"open\n')
    with open_sheet(path, "people.csv") as sheet:
        rows = sheet.rows()

        assert next(rows).cells == ["ada", "x"]
        with pytest.raises(SheetError, match=r"row 502, column B: .*never closed"):
            list(rows)


def test_rows_of_another_width_are_told_and_read(opened):
    _, rows = opened("a,b\n1\n1,2,3\n1,2\n")

    assert [row.cells for row in rows] == [["1", ""], ["1", "2"], ["1", "2"]]
    assert list(faulty(rows)) == [2, 3]
    assert "has 1 cell, but the header 2" in rows[0].faults[WHOLE_ROW]
    assert "«3» would be lost" in rows[1].faults[WHOLE_ROW]


def test_row_with_a_wrong_quotation_mark_is_told_and_the_next_is_read(opened):
    _, rows = opened('a,b\nx,"said "hello" twice"\ny,"two\nlines"\n')

    assert (rows[0].cells[0], rows[1].number, rows[1].cells) == (
        "x",
        3,
        ["y", "two\nlines"],
    )
    assert "In column B: Text follows" in rows[0].faults[WHOLE_ROW]
    assert rows[1].faults == {}


def test_bad_byte_is_told_with_its_cell(opened):
    _, rows = opened("name;city\nJosé;Zürich\n".encode() + b"Jos\xe9;Bonn\n")

    assert rows[1].cells == [f"Jos{LOST}", "Bonn"]
    assert "the byte 0xE9, which is no character in UTF-8" in rows[1].faults[0]
    assert rows[0].faults == {}


@pytest.mark.parametrize("bad", ["\0", LOST])
def test_what_is_no_text_is_told_and_can_be_stored(opened, bad):
    _, rows = opened(f"a,b\nx,{bad}y\n")

    assert rows[0].cells == ["x", f"{LOST}y"]
    assert list(rows[0].faults) == [1]


def test_long_text_is_told_and_cut(opened):
    _, rows = opened("a,b\nx,abcdef\n", limits=Limits(cell_characters=5))

    assert (rows[0].cells, list(rows[0].faults)) == (["x", "abcde"], [1])


def with_stray_value(row):
    rows = "".join(xlsx_row(n, "1", "2") for n in range(2, row))
    return make_xlsx(xlsx_row(1, "a", "b") + rows + xlsx_row(row, "1", "2", "x"))


def test_value_right_of_the_table_is_told(opened):
    sheet, rows = opened(with_stray_value(1_000))

    assert (sheet.columns, list(faulty(rows))) == (["a", "b"], [1_000])
    assert "Nothing names column 3 (C), but «x»" in rows[-1].faults[WHOLE_ROW]


def test_value_right_of_the_table_makes_a_column_when_it_stands_high(opened):
    sheet, rows = opened(with_stray_value(100))

    assert (sheet.columns, faulty(rows)) == (["a", "b", ""], {})
    assert rows[-1].cells == ["1", "2", "x"]


def test_error_beside_good_cells_is_told(opened):
    cell = '<row r="2"><c r="A2"><v>1</v></c><c r="B2" t="e"><v>#REF!</v></c></row>'

    _, rows = opened(make_xlsx(xlsx_row(1, "a", "b") + cell + xlsx_row(3, "x", "y")))

    assert [row.cells for row in rows] == [["1", ""], ["x", "y"]]
    assert "«#REF!»" in rows[0].faults[1]


def test_json_tells_what_is_no_object_and_reads_on(opened):
    _, rows = opened('[{"a": 1}, 2, {"a": [3], "b": 4}, {"b": 5}]')

    assert [row.cells for row in rows] == [["1", ""], ["", ""], ["", "4"], ["", "5"]]
    assert [list(row.faults) for row in rows] == [[], [WHOLE_ROW], [0], []]


def test_key_that_comes_late_is_told(opened):
    objects = ",".join(['{"a": 1}'] * 10_000)

    sheet, rows = opened(f'[{objects}, {{"a": 2, "b": 3}}]')

    assert sheet.columns == ["a"]
    assert "The key «b» names no column" in rows[-1].faults[WHOLE_ROW]


def test_rows_start_anew_each_time(tmp_path):
    path = tmp_path / "file"
    for data in (b"a\nx\n", make_xlsx(xlsx_row(1, "a") + xlsx_row(2, "x"))):
        path.write_bytes(data)
        with open_sheet(path, "file") as sheet:
            assert [row.cells for row in sheet.rows()] == [["x"]]
            assert [row.cells for row in sheet.rows()] == [["x"]]


def test_rows_are_given_before_the_file_is_read(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(make_ods(ods_row("a") + ods_row("x") + "<broken"))
    with pytest.raises(SheetError, match="malformed"), open_sheet(path, "file"):
        pass
    path.write_text("a\nx\n" + "y\n" * 100_000 + '"open')

    with open_sheet(path, "file") as sheet:
        assert next(sheet.rows()).cells == ["x"]
