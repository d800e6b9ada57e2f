"""Seeds that are archives, or pretend to be: xlsx, ods, xls, and other documents."""

import io
import random
import zipfile
from collections.abc import Iterator
from xml.sax.saxutils import escape

from portal.sheets import SheetFormat, write_sheet
from tests.portal.sheets.hostile import (
    make_ods,
    make_xlsx,
    make_zip,
    ods_parts,
    ods_row,
    xlsx_cell,
    xlsx_parts,
    xlsx_row,
)
from tests.security.files.people import COLUMNS, ROWS, TABLE
from tests.security.files.texts import Seed, table

DOCTYPE = '<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def sheet(rows=TABLE, first=1):
    lines = [map(escape, row) for row in rows]
    return "".join(xlsx_row(number, *line) for number, line in enumerate(lines, first))


def shared_sheet():
    """Every text stands in the list that cells point into."""
    texts = [escape(cell) for row in TABLE for cell in row]
    width, rows = len(COLUMNS), []
    for n in range(len(TABLE)):
        cells = "".join(
            f'<c r="{"ABCDEF"[at]}{n + 1}" t="s"><v>{n * width + at}</v></c>'
            for at in range(width)
        )
        rows.append(f'<row r="{n + 1}">{cells}</row>')
    return "".join(rows), texts


def good_books() -> Iterator[Seed]:
    rows, texts = shared_sheet()
    yield "written.xlsx", write_sheet(SheetFormat.XLSX, COLUMNS, ROWS)
    yield "inline.xlsx", make_xlsx(sheet())
    yield "shared.xlsx", make_xlsx(rows, texts=texts)
    yield "two-sheets.xlsx", make_xlsx(sheet(), xlsx_row(1, "other"))
    yield "stored.xlsx", make_zip(xlsx_parts(sheet()), zipfile.ZIP_STORED)
    yield "lower.xlsx", make_xlsx(sheet(first=4))
    yield "gaps.xlsx", make_xlsx(sheet(TABLE[:4]) + sheet(TABLE[4:], first=90))
    days = sheet().replace("<row", '<row spans="1:6"')
    yield "spans.xlsx", make_xlsx(days)
    yield "dated.xlsx", make_xlsx(sheet(TABLE[:5]) + DATED)
    yield "written.ods", write_sheet(SheetFormat.ODS, COLUMNS, ROWS)
    yield "built.ods", make_ods(ods_table())
    yield "two-tables.ods", make_ods(ods_table(), ods_row("other"))
    yield "blank-rows.ods", make_ods(ods_table() + ods_row("", repeated=1_048_000))
    yield "stored.ods", make_zip(ods_parts(ods_table()), zipfile.ZIP_STORED)


DATED = (
    f'<row r="6">{xlsx_cell("A6", "seed.dated")}<c r="E6" s="1"><v>32000</v></c></row>'
)


def ods_table(rows=TABLE):
    return "".join(ods_row(*map(ods_escape, row)) for row in rows)


def ods_escape(text):
    lines = escape(text).replace("\t", "<text:tab/>")
    return lines.replace("\n", "</text:p><text:p>")


def wrong_books() -> Iterator[Seed]:
    parts = xlsx_parts(sheet())
    no_sheet = {name: part for name, part in parts.items() if "sheet" not in name}
    yield "far.xlsx", make_xlsx(sheet() + FAR)
    yield "entities.xlsx", with_part(parts, "xl/worksheets/sheet1.xml", DOCTYPE)
    yield "outside.xlsx", with_part(parts, "xl/workbook.xml", OUTSIDE)
    yield "bomb.xlsx", make_zip(parts | {"xl/media/x.bin": bytes(64 * 1024 * 1024)})
    yield "bomb-sheet.xlsx", make_xlsx(sheet() + " " * 30_000_000)
    yield "nested.xlsx", make_zip({"people.xlsx": make_xlsx(sheet())})
    yield "many-parts.xlsx", make_zip(parts | {f"x{n}": "" for n in range(5000)})
    yield "no-sheet.xlsx", make_zip(no_sheet)
    yield "macros.xlsm", make_zip({"[Content_Types].xml": "macroEnabled", "a": "b"})
    yield "binary.xlsb", make_zip({"[Content_Types].xml": "", "xl/workbook.bin": "b"})
    yield "letter.docx", make_zip({"word/document.xml": "<w/>"})
    yield "plain.zip", make_zip({"people.csv": table(TABLE)})
    yield "folders.xlsx", make_zip(parts | {"../../etc/x": "y", "/abs": "z"})
    yield "shared-missing.xlsx", make_xlsx(shared_sheet()[0], texts=["one"])
    yield "errors.xlsx", make_xlsx(sheet(TABLE[:1]) + ERRORS)
    yield "million.ods", make_ods(ods_table() + ods_row("x", repeated=1_048_000))
    yield "wide.ods", make_ods(WIDE)
    yield "entities.ods", with_part(ods_parts(ods_table()), "content.xml", DOCTYPE)
    yield "deep.ods", make_ods("<table:table-row>" * 50_000)
    yield "no-content.ods", make_zip({"mimetype": ods_parts("")["mimetype"]})
    yield "old.xls", OLE + random.Random(1).randbytes(8192)
    yield "protected.xlsx", OLE + "EncryptedPackage".encode("utf-16-le") * 9
    yield "tail.xlsx", b"PK\x03\x04" + random.Random(2).randbytes(4096)
    yield "end-alone.xlsx", b"PK\x05\x06" + bytes(18)
    yield "picture.csv", b"\x89PNG\r\n\x1a\n" + bytes(100)
    yield "letter.pdf", b"%PDF-1.7\n" + table(TABLE)
    yield "packed.csv", b"\x1f\x8b\x08" + bytes(100)
    yield "noise.xlsx", random.Random(3).randbytes(20_000)
    yield "database.csv", b"SQLite format 3\0" + bytes(1000)


FAR = '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>'
ERRORS = (
    '<row r="2"><c r="A2" t="e"><v>#REF!</v></c><c r="B2" t="b"><v>7</v></c>'
    '<c r="E2" t="d"><v>2026-13-45</v></c><c r="F2" t="n"><v>1e999</v></c></row>'
)
WIDE = (
    f"{ods_row('username')}<table:table-row><table:table-cell "
    'table:number-columns-repeated="1000000" office:value-type="string">'
    "<text:p>x</text:p></table:table-cell></table:table-row>"
)


def with_part(parts, name, before):
    return make_zip(parts | {name: before + parts[name]})


def unpacked(data: bytes) -> dict[str, bytes] | None:
    """The parts of an archive that can be taken apart, else None."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            if sum(each.file_size for each in archive.infolist()) > 4_000_000:
                return None
            return {name: archive.read(name) for name in archive.namelist()}
    except Exception:
        return None
