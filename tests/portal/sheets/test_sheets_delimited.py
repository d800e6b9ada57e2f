"""Reading csv and tsv: quotation marks, widths, delimiters, line numbers."""

import pytest

from portal.sheets import SheetFormat
from tests.sheets import read_sheet


def places(error):
    return [(problem.row, problem.column) for problem in error.problems]


@pytest.mark.parametrize("data", [b"", b"\r\n\r\n", b"\xef\xbb\xbf", b" \n\t\n"])
def test_empty_file_is_refused(refuse, data):
    assert "The file is empty" in str(refuse(data))


def test_delimiters_alone_are_no_table(refuse):
    assert "no table" in str(refuse(";;\n;;\n"))


def test_unclosed_quote_is_placed_where_it_opens(refuse):
    error = refuse('name,notes\n"two\nlines",x\nada,"never closed\nben,y\n')

    assert places(error) == [(4, "B")]
    assert "never closed" in error.problems[0].message


def test_unclosed_quote_in_a_large_file_is_placed_where_it_opens(refuse):
    error = refuse('name,notes\nada,"open\n' + "ben,y\n" * 50_000)

    assert places(error) == [(2, "B")]


def test_unclosed_quote_in_the_header_is_refused(refuse):
    assert places(refuse('"name,notes\nada,x\n')) == [(1, "A")]


def test_text_after_a_closing_quote_is_refused(refuse):
    error = refuse('name,notes\nada,"said "hello" twice"\n')

    assert places(error) == [(2, None)]
    assert "In column B: Text follows" in error.problems[0].message


def test_huge_quoted_cell_is_refused_by_its_length(refuse):
    error = refuse('name,notes\nada,"' + "x" * 200_000 + '"\n')

    assert places(error) == [(2, "B")]
    assert "200,002 characters" in str(error)


def test_surplus_cells_are_refused_and_named(refuse):
    error = refuse("name,city\nDoe, Jane,Berlin\n")

    assert places(error) == [(2, None)]
    assert "3 cells" in str(error)
    assert "«Berlin»" in str(error)


def test_short_row_is_refused(refuse):
    error = refuse("name,city\nada\nben,Bonn\n")

    assert places(error) == [(2, None)]
    assert "1 cell" in str(error)


def test_several_problems_are_told_at_once(refuse):
    error = refuse("a,b\n1\n1,2,3\n\ufffd,2\n")

    assert places(error) == [(2, None), (3, None), (4, "a")]
    assert str(error).startswith("people.csv: 3 problems\nrow 2: ")


def test_at_most_a_hundred_problems_are_told(refuse):
    error = refuse("a,b\n" + "1\n" * 500)

    assert len(error.problems) == 100
    assert "the first 100 problems" in str(error)


def test_value_below_a_blank_header_is_refused(refuse):
    error = refuse("name,,city\nada,,Bonn\nben,x,Bonn\ncid,,Bonn\n")

    assert places(error) == [(3, "B")]
    assert "column 2 (B)" in str(error)


def test_nul_is_refused_with_its_place(refuse):
    error = refuse("name,city\nada,\0Bonn\n")

    assert places(error) == [(2, "city")]
    assert r"«\x00Bonn»" in str(error)


def test_lost_character_is_refused_with_its_place(refuse):
    error = refuse("name,city\nJos\ufffd,Bonn\n")

    assert places(error) == [(2, "name")]
    assert "was lost earlier" in str(error)


def test_one_problem_reads_as_one_sentence(refuse):
    error = refuse("name,city\nada,\0\n", "uploads/people.csv")

    assert str(error).startswith("people.csv, row 2, column city: ")


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiter_is_found_by_the_header(delimiter):
    data = f'name{delimiter}notes\nada{delimiter}"a, b; c\td | e"\n'.encode()

    sheet = read_sheet(data, "people.csv")

    assert sheet.delimiter == delimiter
    assert sheet.rows[0].cells == ["ada", "a, b; c\td | e"]


def test_delimiter_inside_quotes_does_not_count():
    sheet = read_sheet(b'"last, first, middle";city\n"a";Bonn\n', "people.csv")

    assert sheet.columns == ["last, first, middle", "city"]


def test_delimiter_that_fits_the_rows_wins():
    sheet = read_sheet(b"name, title;city;year\nada;Bonn;1\nben;Ulm;2\n", "a.csv")

    assert sheet.columns == ["name, title", "city", "year"]


def test_tsv_prefers_tabs():
    sheet = read_sheet(b"name, last, title\tcity\nada\tBonn\n", "people.tsv")

    assert sheet.format is SheetFormat.TSV
    assert sheet.columns == ["name, last, title", "city"]


def test_one_column_is_enough(cells):
    assert cells("username\nada\nben\n") == [["ada"], ["ben"]]


def test_separator_line_is_honoured_and_counted():
    sheet = read_sheet(b"sep=|\r\na,b|c\r\n1|2\r\n", "people.csv")

    assert sheet.columns == ["a,b", "c"]
    assert sheet.rows[0].number == 3


def test_header_alone_has_no_rows():
    sheet = read_sheet(b"name,city\n", "people.csv")

    assert (sheet.columns, sheet.rows) == (["name", "city"], [])


def test_headers_are_stripped_and_cells_are_not():
    sheet = read_sheet(" name \t,\ufeffcity\n ada , Bonn\n".encode(), "people.csv")

    assert sheet.columns == ["name", "city"]
    assert sheet.rows[0].cells == [" ada ", " Bonn"]


def test_empty_columns_without_a_header_are_left_out(cells):
    assert cells(",name,,city,\n,ada,,Bonn,\n") == [["ada", "Bonn"]]


def test_rows_are_numbered_by_the_line_they_start_on():
    data = b'\nname,city\n\n"two\r\nlines",a\n,\nben,b\n'

    sheet = read_sheet(data, "people.csv")

    assert [row.number for row in sheet.rows] == [4, 7]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_every_line_end_is_read(cells, end):
    text = end.join(["name,notes", 'ada,"x\r\ny\rz\n"', "ben,", ""])

    assert cells(text) == [["ada", "x\r\ny\rz\n"], ["ben", ""]]


def test_doubled_quotes_are_one(cells):
    assert cells('a,b\n"say ""hi""",x\n') == [['say "hi"', "x"]]
