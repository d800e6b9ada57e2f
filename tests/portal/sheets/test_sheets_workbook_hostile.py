"""Workbooks made to do harm, or damaged, are refused or soundly read."""

import pytest

from portal.sheets import Limits
from tests.portal.sheets.hostile import (
    MAIN,
    make_relations,
    make_xlsx,
    make_zip,
    xlsx_cell,
    xlsx_parts,
    xlsx_row,
)
from tests.sheets import read_sheet

HEADER = xlsx_row(1, "a", "b")
SHEET = "xl/worksheets/sheet1.xml"
ENTITIES = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]>'


@pytest.fixture
def refuse_book(refuse):
    return lambda data, **options: refuse(data, "people.xlsx", **options)


def one_cell(place, inside="<v>1</v>", kind="n", row="2"):
    return f'<row r="{row}"><c r="{place}" t="{kind}">{inside}</c></row>'


@pytest.mark.parametrize(
    ("place", "told"),
    [("XFD2", "to column XFD (16,384)"), ("BM2", "at most 64 columns")],
)
def test_value_far_to_the_right_is_refused(refuse_book, place, told):
    error = refuse_book(make_xlsx(HEADER + one_cell(place)))

    assert told in str(error)
    assert (error.problems[0].row, error.problems[0].column) == (2, place[:-1])


@pytest.mark.parametrize("kind", ["n", "str", "s", "b", "e", "d", "inlineStr"])
def test_value_far_to_the_right_is_refused_whatever_its_type(refuse_book, kind):
    inside = "<is><t>x</t></is>" if kind == "inlineStr" else "<v>0</v>"

    error = refuse_book(make_xlsx(HEADER + one_cell("XFD2", inside, kind), texts="x"))

    assert "column XFD" in str(error)


def test_value_far_away_without_a_place_of_its_own_is_refused(refuse_book):
    cells = f"<row>{'<c/>' * 64}<c><v>1</v></c></row>"

    assert "column BM (65)" in str(refuse_book(make_xlsx(HEADER + cells)))


def test_value_in_the_last_row_is_read():
    data = make_xlsx(HEADER + one_cell("A1048576", row="1048576"))

    assert [row.number for row in read_sheet(data, "a.xlsx").rows] == [1_048_576]


@pytest.mark.parametrize(
    "rows",
    [
        one_cell("A3", row="3") + one_cell("A2"),
        one_cell("A2") + one_cell("A2"),
        '<row r="2"><c r="B2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        '<row r="2"><c r="A2"><v>1</v></c><c r="A2"><v>1</v></c></row>',
        one_cell("A3", row="2"),
    ],
)
def test_cells_in_disorder_are_refused(refuse_book, rows):
    assert "damaged" in str(refuse_book(make_xlsx(HEADER + rows)))


@pytest.mark.parametrize(
    "place", ["A99999999999", "AAAA1", "A0", "a2", "A-1", "2A", "A", "2", "", "A2:B2"]
)
def test_impossible_place_is_refused(refuse_book, place):
    assert "damaged" in str(refuse_book(make_xlsx(HEADER + one_cell(place))))


@pytest.mark.parametrize("row", ["0", "-1", "99999999999", "x", ""])
def test_impossible_row_is_refused(refuse_book, row):
    assert "damaged" in str(refuse_book(make_xlsx(HEADER + one_cell("A2", row=row))))


def test_cell_without_a_place_follows_the_one_before_it(refuse_book):
    row = '<row r="2"><c r="XFC2"/><c><v>1</v></c></row>'

    assert "column XFD" in str(refuse_book(make_xlsx(HEADER + row)))


@pytest.mark.parametrize("number", ["1", "-2", "x", "9" * 5000, "99999999999999999999"])
def test_text_that_does_not_exist_is_refused(refuse_book, number):
    row = one_cell("A2", f"<v>{number}</v>", "s")

    assert "has no text" in str(refuse_book(make_xlsx(HEADER + row, texts=["x"])))


def test_long_text_shared_by_many_cells_is_refused(refuse_book):
    rows = "".join(one_cell(f"A{n}", "<v>0</v>", "s", n) for n in range(2, 1000))
    limits = Limits(unpacked_bytes=1_000_000)

    error = refuse_book(make_xlsx(HEADER + rows, texts=["x" * 9_999]), limits=limits)

    assert "more text and formatting than is read" in str(error)


@pytest.mark.parametrize("doctype", [ENTITIES, OUTSIDE, "<!DOCTYPE x>"])
@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml"])
def test_document_type_is_refused(refuse_book, doctype, part):
    parts = xlsx_parts(HEADER)
    parts[part] = doctype + parts[part]

    assert "document type (DTD)" in str(refuse_book(make_zip(parts)))


def test_document_type_in_shared_texts_is_refused(refuse_book):
    parts = xlsx_parts(HEADER + one_cell("A2", "<v>0</v>", "s"), texts=["&b;"])
    parts["xl/sharedStrings.xml"] = ENTITIES + parts["xl/sharedStrings.xml"]

    assert "document type (DTD)" in str(refuse_book(make_zip(parts)))


@pytest.mark.parametrize("encoding", ["utf-16", "iso-8859-1", "utf-7"])
def test_xml_in_another_encoding_is_refused(refuse_book, encoding):
    parts = xlsx_parts(HEADER)
    parts[SHEET] = f'<?xml version="1.0" encoding="{encoding}"?>{parts[SHEET]}'

    assert f"its XML is in {encoding}" in str(refuse_book(make_zip(parts)))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_xml_in_utf16_is_refused(refuse_book, encoding):
    parts = xlsx_parts(HEADER)
    parts[SHEET] = parts[SHEET].encode(encoding)

    assert "UTF-16" in str(refuse_book(make_zip(parts)))


@pytest.mark.parametrize("value", ["<v>1<!-- x -->5</v>", "<v>1<![CDATA[5]]></v>"])
def test_value_in_pieces_is_put_together(cells, value):
    data = make_xlsx(HEADER + one_cell("A2", value))

    assert cells(data, "people.xlsx") == [["15", ""]]


@pytest.mark.parametrize(
    "part", ["_rels/.rels", "xl/workbook.xml", SHEET, "xl/_rels/workbook.xml.rels"]
)
def test_missing_part_is_refused(refuse_book, part):
    parts = xlsx_parts(HEADER)
    del parts[part]

    assert "is missing" in str(refuse_book(make_zip(parts)))


def test_part_outside_the_archive_is_not_looked_for(refuse_book):
    parts = xlsx_parts(HEADER)
    parts["xl/_rels/workbook.xml.rels"] = make_relations(
        ("rId1", "worksheet", "../../../../etc/hostname")
    )

    assert "part etc/hostname is missing" in str(refuse_book(make_zip(parts)))


@pytest.mark.parametrize("value", ["-1e14", "-1e300", "-1", "2958466", "1e300"])
@pytest.mark.parametrize("flag", ["0", "1"])
def test_date_that_does_not_exist_is_refused(refuse_book, value, flag):
    row = f'<row r="2"><c r="A2" s="1"><v>{value}</v></c></row>'
    data = make_xlsx(HEADER + row, workbook=f'<workbookPr date1904="{flag}"/>')

    assert "is no date from 1900 to 9999" in str(refuse_book(data))


def test_unknown_type_of_cell_is_refused(refuse_book):
    assert "unknown kind «zzz»" in str(
        refuse_book(make_xlsx(HEADER + one_cell("A2", kind="zzz")))
    )


def test_formatted_blank_cells_down_to_the_last_row_do_no_harm(cells):
    phantoms = "".join(
        f'<row r="{n}"><c r="A{n}" s="1"/></row>' for n in range(3, 50_000)
    )
    last = '<row r="1048576"><c r="A1048576" s="1"/><c r="XFD1048576" s="1"/></row>'
    data = make_xlsx(HEADER + xlsx_row(2, "x", "y") + phantoms + last)

    assert cells(data, "people.xlsx") == [["x", "y"]]


def test_declared_size_of_the_worksheet_is_not_believed(cells):
    parts = xlsx_parts(HEADER + xlsx_row(2, "x", "y"))
    parts[SHEET] = parts[SHEET].replace(
        "<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>'
    )

    assert cells(make_zip(parts), "people.xlsx") == [["x", "y"]]


def test_other_worksheets_may_be_as_large_as_they_like(cells):
    other = f'<row r="1048576">{xlsx_cell("XFD1048576", "x")}</row>'

    data = make_xlsx(HEADER + xlsx_row(2, "x", "y"), other)

    assert cells(data, "people.xlsx") == [["x", "y"]]


def test_part_that_two_names_lead_to_is_looked_through(refuse_book):
    """The library's own way to find a part must not lead past the checks."""
    parts = xlsx_parts(HEADER)
    parts["xl/Worksheets/sheet1.xml"] = (
        f'<worksheet xmlns="{MAIN}"><sheetData>{one_cell("XFD1048576")}</sheetData>'
        "</worksheet>"
    )

    assert "two of its parts" in str(refuse_book(make_zip(parts)))


def test_lower_limit_is_held_and_not_one_row_more(refuse, cells):
    data = make_xlsx(HEADER + xlsx_row(2, "x") + xlsx_row(4, "x"))

    error = refuse(data, "people.xlsx", limits=Limits(rows=1))

    assert "more than 1 rows" in str(error)
    assert len(cells(data, "people.xlsx", limits=Limits(rows=2))) == 2
