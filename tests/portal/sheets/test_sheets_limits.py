"""Each limit is held, and its refusal tells the limit and what was found."""

import io
import zipfile

import pytest

from portal.sheets import Limits, SheetFormat, write_sheet
from tests.portal.sheets.hostile import (
    WRITTEN,
    make_ods,
    make_xlsx,
    make_zip,
    ods_parts,
    ods_row,
    xlsx_parts,
    xlsx_row,
)

TWO_ROWS = {
    each: write_sheet(each, ["a", "b"], [["1", "2"], ["3", "4"]]) for each in WRITTEN
}

COLUMNS_REFUSED = {
    SheetFormat.CSV: "has 2 columns; at most 1 are read",
    SheetFormat.TSV: "has 2 columns; at most 1 are read",
    SheetFormat.XLSX: "to column B (2) or further; at most 1 columns",
    SheetFormat.ODS: "to column B (2) or further; at most 1 columns",
    SheetFormat.JSON: "have 2 different keys by here; at most 1 are read",
}


@pytest.mark.parametrize("each", WRITTEN)
def test_too_many_bytes_are_refused(refuse, each):
    message = str(refuse(TWO_ROWS[each], f"a.{each.value}", limits=Limits(bytes=10)))

    assert f"has {len(TWO_ROWS[each]):,} bytes; at most 10 bytes" in message


@pytest.mark.parametrize("each", WRITTEN)
def test_too_many_rows_are_refused(refuse, each):
    message = str(refuse(TWO_ROWS[each], f"a.{each.value}", limits=Limits(rows=1)))

    assert "more than 1 rows below its header" in message


@pytest.mark.parametrize("each", WRITTEN)
def test_too_many_columns_are_refused(refuse, each):
    message = str(refuse(TWO_ROWS[each], f"a.{each.value}", limits=Limits(columns=1)))

    assert COLUMNS_REFUSED[each] in message


@pytest.mark.parametrize(
    ("parts", "filename"),
    [
        (xlsx_parts(xlsx_row(1, "a") + "<row/>" * 100), "a.xlsx"),
        (xlsx_parts("".join(xlsx_row(n, *"abcdefgh") for n in "1234")), "a.xlsx"),
        (xlsx_parts('<row><c t="s"><v>99</v></c></row>', texts="x" * 100), "a.xlsx"),
        (ods_parts(ods_row("a", "b") + ods_row("", "") * 30), "a.ods"),
    ],
)
def test_too_much_markup_is_refused(refuse, parts, filename):
    message = str(refuse(make_zip(parts), filename, limits=Limits(elements=90)))

    assert "more text and formatting than is read" in message


@pytest.mark.parametrize("part", ["xl/_rels/workbook.xml.rels", "xl/workbook.xml"])
def test_endless_list_of_parts_is_refused(refuse, part):
    parts = xlsx_parts(xlsx_row(1, "a"))
    start, _, end = parts[part].rpartition("</")

    data = make_zip(parts | {part: f"{start}{'<x/>' * 300_001}</{end}"})

    assert "lists far too much" in str(refuse(data, "a.xlsx"))


@pytest.mark.parametrize("each", WRITTEN)
def test_too_long_text_is_refused_with_its_place(refuse, each):
    data = write_sheet(each, ["a", "b"], [["1", "2"], ["3", "x" * 11]])

    error = refuse(data, f"a.{each.value}", limits=Limits(cell_characters=10))

    assert [(p.row, p.column) for p in error.problems] == [
        (2 if each is SheetFormat.JSON else 3, "b")
    ]
    assert "more than 10 characters" in str(error)


@pytest.mark.parametrize("each", WRITTEN)
def test_exactly_the_limits_is_read(cells, each):
    limits = Limits(bytes=len(TWO_ROWS[each]), rows=2, columns=2, cell_characters=1)

    rows = cells(TWO_ROWS[each], f"a.{each.value}", limits=limits)

    assert rows == [["1", "2"], ["3", "4"]]


@pytest.mark.parametrize(
    ("parts", "filename"),
    [(xlsx_parts(xlsx_row(1, "a")), "a.xlsx"), (ods_parts(ods_row("a")), "a.ods")],
)
def test_too_many_parts_are_refused(refuse, parts, filename):
    more = {f"media/{n}": "" for n in range(300)}

    message = str(refuse(make_zip(parts | more), filename))

    assert f"{300 + len(parts)} parts inside; at most 200" in message


def test_long_list_of_parts_is_not_read_into_memory(refuse):
    """The end of an archive says how long its list of parts is, and may lie."""
    data = make_zip(xlsx_parts(xlsx_row(1, "a")))
    end = data.rindex(b"PK\x05\x06")
    size = 100 * 1024 * 1024
    declared = data[: end + 12] + size.to_bytes(4, "little") + data[end + 16 :]

    assert "cannot be unpacked" in str(
        refuse(b"PK\x03\x04".ljust(size) + declared, "a.xlsx")
    )


@pytest.mark.parametrize(
    ("parts", "filename"),
    [(xlsx_parts(xlsx_row(1, "a")), "a.xlsx"), (ods_parts(ods_row("a")), "a.ods")],
)
def test_bomb_is_refused_by_what_it_declares(refuse, parts, filename):
    data = declare_size(make_zip(parts | {"bomb": ""}), "bomb", 2100 * 1024 * 1024)

    assert "MiB; at most 2,048.0 MiB" in str(refuse(data, filename))


@pytest.mark.parametrize(
    ("parts", "filename"),
    [(xlsx_parts(xlsx_row(1, "a")), "a.xlsx"), (ods_parts(ods_row("a")), "a.ods")],
)
def test_bomb_is_refused_by_how_much_it_grows(refuse, parts, filename):
    data = make_zip(parts | {"bomb": bytes(20 * 1024 * 1024)})

    assert "more than 200 times its size" in str(refuse(data, filename))


@pytest.mark.parametrize(
    ("data", "part", "filename"),
    [
        (make_xlsx(xlsx_row(1, "a") * 500), "xl/worksheets/sheet1.xml", "a.xlsx"),
        (make_ods(ods_row("a") * 500), "content.xml", "a.ods"),
    ],
)
def test_bomb_that_declares_little_is_refused(refuse, data, part, filename):
    message = str(refuse(declare_size(data, part, 100), filename))

    assert "cannot be unpacked" in message


def test_two_parts_of_one_name_are_refused(refuse):
    target = io.BytesIO(make_xlsx(xlsx_row(1, "a")))
    with zipfile.ZipFile(target, "a") as archive:
        archive.writestr("XL/worksheets/SHEET1.xml", "<worksheet/>")

    assert "same name" in str(refuse(target.getvalue(), "a.xlsx"))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_unusual_packing_is_refused(refuse, method):
    data = make_zip(xlsx_parts(xlsx_row(1, "a")), method)

    assert "spreadsheets do not use" in str(refuse(data, "a.xlsx"))


def test_encrypted_part_is_refused(refuse):
    data = bytearray(make_xlsx(xlsx_row(1, "a")))
    entry = data.index(b"PK\x01\x02")
    data[entry + 8] |= 1

    assert "protected with a password" in str(refuse(bytes(data), "a.xlsx"))


def test_encrypted_workbook_is_refused(refuse):
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(512)
    data = ole + "EncryptedPackage".encode("utf-16-le") + bytes(512)

    assert "protected with a password" in str(refuse(data, "a.xlsx"))


def declare_size(data, part, size):
    """The archive with another unpacked size for a part, in both of its places."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo(part).header_offset
    changed[start + 22 : start + 26] = size.to_bytes(4, "little")
    entry = data.rindex(part.encode()) - 46
    changed[entry + 24 : entry + 28] = size.to_bytes(4, "little")
    return bytes(changed)
