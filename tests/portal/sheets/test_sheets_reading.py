"""How a file is read is found out, and can be told."""

import codecs

import pytest

from portal.sheets import ENCODINGS, SheetError, SheetFormat
from tests.portal.sheets.hostile import (
    make_ods,
    make_xlsx,
    ods_row,
    xlsx_cell,
    xlsx_row,
)

TABLE = "name,city,year\nada,Bonn,1\nben,Ulm,2\n"
TWO_SHEETS = {
    "xlsx": make_xlsx(xlsx_row(1, "a"), xlsx_row(1, "b") + xlsx_row(2, "x")),
    "ods": make_ods(ods_row("a"), ods_row("b") + ods_row("x")),
}


@pytest.mark.parametrize(
    ("data", "wishes", "message"),
    [
        (
            TABLE,
            {"worksheet": "x"},
            "There is no worksheet to choose",
        ),
        (TWO_SHEETS["xlsx"], {"delimiter": ";"}, "no delimiter to choose"),
        (TWO_SHEETS["ods"], {"encoding": "utf-8"}, "no encoding to choose"),
        ('[{"a": 1}]', {"header_row": 1}, "no header row to choose"),
        (TABLE, {"encoding": "rot13"}, "There is no encoding «rot13»"),
        (TABLE, {"encoding": "idna"}, "There is no encoding «idna»"),
        (TABLE, {"delimiter": "x"}, "nothing that can separate cells"),
        (TABLE, {"delimiter": ""}, "nothing that can separate cells"),
        (TABLE, {"delimiter": '"'}, "nothing that can separate cells"),
        (TABLE, {"header_row": 9}, "row 9: This row was chosen"),
        (TABLE, {"header_row": 0}, "row 0: This row was chosen"),
        (TWO_SHEETS["ods"], {"worksheet": "Other"}, "no visible worksheet «Other»"),
        (TWO_SHEETS["xlsx"], {"worksheet": ""}, "It has «People1», «People2»."),
    ],
)
def test_wish_that_does_not_fit_the_file_is_refused(opened, data, wishes, message):
    with pytest.raises(SheetError) as caught:
        opened(data, "people", **wishes)

    assert message in str(caught.value)


@pytest.mark.parametrize("each", list(TWO_SHEETS))
def test_worksheet_is_chosen_by_its_name(opened, each):
    sheet, rows = opened(TWO_SHEETS[each], f"a.{each}", worksheet="People2")

    assert (sheet.columns, [row.cells for row in rows]) == (["b"], [["x"]])
    assert (sheet.worksheet, sheet.worksheets) == ("People2", ["People1", "People2"])
    assert sheet.notices == []


@pytest.mark.parametrize("each", list(TWO_SHEETS))
def test_first_worksheet_is_read_and_that_is_said(opened, each):
    sheet, _ = opened(TWO_SHEETS[each], f"a.{each}")

    assert sheet.notices == ["2 worksheets; only the first, «People1», was read"]


@pytest.mark.parametrize(
    ("start", "header_row"),
    [
        ("", 1),
        ("\n", 2),
        ("Members 2024\n", 2),
        ("Members 2024,,\n\n", 3),
        ("Members\nof 2024\n", 3),
        ("one\ntwo\nthree\nfour\n", 1),
        ("name,city\n", 1),
    ],
)
def test_title_above_the_header_is_passed_over(opened, start, header_row):
    sheet, _ = opened(start + TABLE)

    assert sheet.header_row == header_row


@pytest.mark.parametrize(
    "rows",
    [
        [["name"], ["1", "2", "3"]],
        [["name"], ["x", "x", "x"], ["y", "y", "y"]],
        [["name"], ["x", "y"], ["x", "y"]],
        [["name"], ["a", "b", "c"], ["x"]],
    ],
)
def test_row_that_may_be_a_person_is_not_taken_for_the_header(opened, rows):
    data = "".join(xlsx_row(n, *row) for n, row in enumerate(rows, 1))

    assert opened(make_xlsx(data))[0].header_row == 1


def test_merged_title_is_passed_over(opened):
    title = f'<row r="1">{xlsx_cell("A1", "Members")}<c r="B1"/><c r="C1"/></row>'

    sheet, rows = opened(make_xlsx(title + xlsx_row(2, *"abc") + xlsx_row(3, *"xyz")))

    assert (sheet.columns, len(rows)) == (["a", "b", "c"], 1)


def test_header_row_is_chosen(opened):
    sheet, rows = opened("x,y\na,b\n1,2\n", header_row=2)

    assert (sheet.header_row, sheet.columns) == (2, ["a", "b"])
    assert [row.cells for row in rows] == [["1", "2"]]


def test_repeated_titles_are_kept_by_their_places(opened):
    sheet, rows = opened("name,phone,phone\nada,1,2\n")

    assert sheet.columns == ["name", "phone", "phone"]
    assert rows[0].cells == ["ada", "1", "2"]


def test_blank_titles_are_kept_only_where_something_stands(opened):
    sheet, rows = opened("a,,b,,\n1,,2,3,\n1,,2,,\n")

    assert sheet.columns == ["a", "", "b", ""]
    assert [row.cells for row in rows] == [["1", "", "2", "3"], ["1", "", "2", ""]]


def test_delimiter_is_chosen(opened):
    sheet, _ = opened("a;b,c;d\n1;2,3;4\n", delimiter=",")

    assert (sheet.columns, sheet.format) == (["a;b", "c;d"], SheetFormat.CSV)


def test_tabs_make_it_tsv(opened):
    assert opened("a\tb\n1\t2\n", "a.csv")[0].format is SheetFormat.TSV


def test_delimiter_is_found_below_a_title(opened):
    assert opened("Members 2024\n" + TABLE.replace(",", ";"))[0].delimiter == ";"


@pytest.mark.parametrize("encoding", list(ENCODINGS))
def test_every_encoding_can_be_chosen(opened, encoding):
    sheet, rows = opened("name,city\nada,Bonn\n".encode(encoding), encoding=encoding)

    assert (sheet.encoding, sheet.encoding_label) == (encoding, ENCODINGS[encoding])
    assert [row.cells for row in rows] == [["ada", "Bonn"]]


def test_chosen_encoding_is_used_without_a_notice(opened):
    sheet, rows = opened("name\nЖанна\n".encode("cp1251"), encoding="cp1251")

    assert ([row.cells for row in rows], sheet.notices) == ([["Жанна"]], [])


def test_mark_is_passed_over_when_its_encoding_is_chosen(opened):
    data = codecs.BOM_UTF8 + b"name\nada\n"

    assert opened(data, encoding="utf-8")[0].columns == ["name"]
