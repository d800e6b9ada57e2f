"""Bytes become text, and no character is lost on the way."""

import codecs

import pytest

from tests.sheets import read_sheet

TEXT = "name;city\nJosé;Zürich\nMüller;Łódź\n"
ROWS = [["José", "Zürich"], ["Müller", "Łódź"]]


@pytest.mark.parametrize("byte", [0x81, 0x8D, 0x8F, 0x90, 0x9D])
def test_byte_without_meaning_is_refused_with_its_line(refuse, byte):
    error = refuse(b"name;city\r\nJos\xe9;x\r\n" + bytes([byte]) + b";y\r\n")

    assert error.problems[0].row == 3
    assert f"0x{byte:02X}" in str(error)
    assert "Save the file as UTF-8" in str(error)


def test_bad_byte_in_utf8_is_damage_and_not_another_encoding(refuse):
    error = refuse(TEXT.encode() + b"Jos\xe9;Bonn\n")

    assert error.problems[0].row == 4
    assert "UTF-8" in str(error)


def test_utf8_cut_inside_a_character_is_refused(refuse):
    assert refuse(TEXT.encode()[:-2]).problems[0].row == 3


def test_bad_byte_after_a_utf8_mark_is_refused(refuse):
    assert refuse(codecs.BOM_UTF8 + b"name;city\nJos\xe9;x\n").problems[0].row == 2


@pytest.mark.parametrize("encoding", ["utf-16", "utf-32"])
def test_text_cut_inside_a_character_is_refused(refuse, encoding):
    assert refuse(TEXT.encode(encoding)[:-1]).problems[0].row == 3


@pytest.mark.parametrize(
    ("encoding", "label"),
    [
        ("utf-8", "UTF-8"),
        ("utf-8-sig", "UTF-8"),
        ("utf-16", "UTF-16"),
        ("utf-16-le", "UTF-16"),
        ("utf-16-be", "UTF-16, big-endian"),
        ("utf-32", "UTF-32"),
    ],
)
def test_unicode_is_recognised(encoding, label):
    sheet = read_sheet(TEXT.encode(encoding), "people.csv")

    assert sheet.encoding == label
    assert [row.cells for row in sheet.rows] == ROWS
    assert sheet.notices == []


@pytest.mark.parametrize(
    ("mark", "encoding"),
    [(codecs.BOM_UTF16_BE, "utf-16-be"), (codecs.BOM_UTF32_BE, "utf-32-be")],
)
def test_big_endian_mark_is_recognised(cells, mark, encoding):
    assert cells(mark + TEXT.encode(encoding)) == ROWS


def test_windows_1252_is_read_and_said():
    sheet = read_sheet("name;price\nJosé;5 €\n".encode("cp1252"), "people.csv")

    assert sheet.encoding == "Windows-1252 (Western Europe)"
    assert sheet.rows[0].cells == ["José", "5 €"]
    assert "Read as Windows-1252" in sheet.notices[0]


def test_json_is_decoded_in_the_same_way(cells):
    assert cells('[{"a": "é"}]'.encode("utf-16"), "people.json") == [["é"]]
