"""Our reader of xlsx gives the cells that calamine gives, where that is right."""

import datetime as dt
import io

import openpyxl
import pytest
import xlsxwriter
from hypothesis import example, given, settings
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from portal.sheets import open_sheet
from portal.sheets.values import text_of
from tests.portal.sheets.hostile import MAIN, make_xlsx, make_zip, xlsx_parts

FORMATS = [
    "General",
    "0.00%",
    "#,##0.00",
    "0.00E+00",
    "@",
    "dd/mm/yyyy",
    "d mmm yy;@",
    "[$-409]mmmm d, yyyy",
    "yyyy\\-mm\\-dd hh:mm:ss",
    '"day" d',
    '"dd" 0',
    "[Red]0;[Blue]-0",
    "h:mm AM/PM",
    "[h]:mm:ss",
    "[mm]:ss",
    "mm:ss.0",
    "0_d",
    '0 "m²"',
]
TEXTS = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")
    | st.sampled_from("\n\t<>&\"' _x"),
    max_size=20,
) | st.sampled_from(["_x0041_", "_x005F_x0041_", " a ", "  ", "_x00e9_x", "_x004_"])
NUMBERS = st.integers(-(10**15) + 1, 10**15 - 1) | st.floats(
    -1e14, 1e14, allow_nan=False
)
# calamine reads what Excel shows as #####, and moments before 1900, as it likes.
DATES = st.datetimes(dt.datetime(1900, 3, 1), dt.datetime(9999, 12, 31)).map(
    lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
)
SERIALS = st.floats(0, 60_000) | st.floats(0, 2_950_000) | st.integers(0, 2_950_000)
CELLS = st.tuples(
    TEXTS | SERIALS | st.booleans() | DATES | st.none(), st.sampled_from(FORMATS)
) | st.tuples(NUMBERS, st.sampled_from(["General", "0.00%", "[Red]0;[Blue]-0"]))
ROWS = st.lists(st.lists(CELLS, min_size=1, max_size=6), min_size=1, max_size=5)


def by_calamine(data):
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(data)).get_sheet_by_index(0)
    rows = sheet.to_python(skip_empty_area=False)
    texts = [[text_of(value) for value in row] for row in rows[1:]]
    return [row for row in texts if any(row)]


def by_us(data, folder):
    path = folder / "people.xlsx"
    path.write_bytes(data)
    with open_sheet(path, path.name) as sheet:
        return [row.cells for row in sheet.rows()]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("sheets")


def by_xlsxwriter(rows, **options):
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, options) as book:
        sheet = book.add_worksheet()
        sheet.write_row(0, 0, "abcdef")
        formats = {code: book.add_format({"num_format": code}) for code in FORMATS}
        for number, row in enumerate(rows, 1):
            for column, (value, code) in enumerate(row):
                if isinstance(value, str):
                    sheet.write_string(number, column, value, formats[code])
                elif isinstance(value, dt.datetime):
                    sheet.write_datetime(number, column, value, formats[code])
                else:
                    sheet.write(number, column, value, formats[code])
    return target.getvalue()


def by_openpyxl(rows):
    book = openpyxl.Workbook()
    book.active.append([*"abcdef"])
    for number, row in enumerate(rows, 2):
        for column, (value, code) in enumerate(row, 1):
            cell = book.active.cell(number, column, value)
            if isinstance(value, str):
                cell.data_type = "s"
            cell.number_format = code
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


@pytest.mark.parametrize("constant_memory", [False, True])
@given(rows=ROWS)
@example(rows=[[(value, code)] for code in FORMATS for value in (0.25, 61.5, 1462.0)])
@example(rows=[[(float(value), "dd/mm/yyyy")] for value in (1, 59, 60, 61, 2958465)])
@settings(max_examples=150, deadline=None, derandomize=True)
def test_workbooks_of_xlsxwriter(folder, constant_memory, rows):
    data = by_xlsxwriter(rows, constant_memory=constant_memory)

    assert by_us(data, folder) == by_calamine(data)


@given(rows=ROWS)
@settings(max_examples=80, deadline=None, derandomize=True)
def test_workbooks_of_xlsxwriter_with_dates_from_1904(folder, rows):
    data = by_xlsxwriter(rows, date_1904=True)

    assert by_us(data, folder) == by_calamine(data)


@given(rows=ROWS)
@settings(max_examples=100, deadline=None, derandomize=True)
def test_workbooks_of_openpyxl(folder, rows):
    data = by_openpyxl(rows)

    assert by_us(data, folder) == by_calamine(data)


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A2" t="str"><f>"x"</f><v>a &amp; b</v></c>',
        '<c r="A2" t="str"><f>"x"</f><v> a_x0041_ </v></c>',
        '<c r="A2"><f>1+1</f><v>2</v></c>',
        '<c r="A2"><f>1+1</f></c>',
        '<c r="A2"><v>1E3</v></c>',
        '<c r="A2"><v>-0</v></c>',
        '<c r="A2"><v>007</v></c>',
        '<c r="A2"><v>0.1</v></c>',
        '<c r="A2"><v>0.30000000000000004</v></c>',
        '<c r="A2"><v>123456789012345</v></c>',
        '<c r="A2"><v>1e-7</v></c>',
        '<c r="A2"><v>text</v></c>',
        '<c r="A2"><v></v></c>',
        '<c r="A2" t="n"><v>5</v></c>',
        '<c r="A2" t="b"><v>1</v></c>',
        '<c r="A2" t="b"><v>0</v></c>',
        '<c r="A2" t="d"><v>2024-03-05</v></c>',
        '<c r="A2" t="d"><v>2024-03-05T10:30:15</v></c>',
        '<c r="A2" t="d"><v>2024-03-05T00:00:00</v></c>',
        '<c r="A2" t="inlineStr"><is><t> a </t></is></c>',
        '<c r="A2" t="inlineStr"><is><t xml:space="preserve"> a </t></is></c>',
        '<c r="A2" t="inlineStr"><is><r><t>a</t></r><r><t> b</t></r></is></c>',
        '<c r="A2" t="inlineStr"><is><t>a\n b\r\nc</t></is></c>',
        '<c r="A2" t="inlineStr"><is><t>_x000D_a_x0009_</t></is></c>',
        '<c r="A2" t="inlineStr">\n <is>\n <t>a</t>\n </is>\n </c>',
        '<c r="A2" s="1"><v>45356.999999999</v></c>',
        '<c r="A2" s="1"><v>45356.5</v></c>',
        '<c r="A2" s="2"><v>0.5</v></c>',
        '<c r="A2" s="2"><v>0</v></c>',
        '<c r="A2" s="2"><v>1.00000001</v></c>',
    ],
)
def test_cells_as_other_programs_write_them(folder, cell):
    header = '<row r="1"><c r="A1" t="inlineStr"><is><t>a</t></is></c></row>'
    data = make_xlsx(f'{header}<row r="2">{cell}</row>')

    assert by_us(data, folder) == by_calamine(data)


@pytest.mark.parametrize(
    ("item", "text"),
    [
        ("<t>a</t>", "a"),
        ("<r><t>a</t></r><r><rPr><b/></rPr><t>b</t></r>", "ab"),
        (
            '<t>漢字</t><rPh sb="0" eb="1"><t>かんじ</t></rPh><phoneticPr fontId="1"/>',
            "漢字",
        ),
        ("<t/>", ""),
        ("", ""),
        ("\n  <t>a</t>\n", "a"),
        ('<t xml:space="preserve"> a </t>', " a "),
    ],
)
def test_shared_texts_as_other_programs_write_them(folder, item, text):
    row = '<row r="{0}"><c r="A{0}" t="s"><v>{1}</v></c></row>'
    parts = xlsx_parts(row.format(1, 0) + row.format(2, 1) + row.format(3, 2), texts="")
    items = f"<si><t>head</t></si><si>{item}</si><si><t>end</t></si>"
    parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
    data = make_zip(parts)

    assert by_us(data, folder) == [[each] for each in (text, "end") if each]
    assert by_us(data, folder) == by_calamine(data)
