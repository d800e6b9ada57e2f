"""What a file is, by its content first and by its name second."""

import re
from pathlib import PurePath

from portal.sheets.archive import PROTECTED, Archive
from portal.sheets.formats import SheetFormat, describe_accepted
from portal.sheets.problems import SheetError

ZIP_MAGIC = (b"PK\x03\x04", b"PK\x05\x06")
OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAGIC = (
    (OLE_MAGIC, "an old Excel workbook (.xls)"),
    (b"%PDF-", "a PDF document"),
    (b"\x89PNG\r\n", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"\x1f\x8b\x08", "a gzip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7-Zip archive"),
    (b"Rar!\x1a\x07", "a RAR archive"),
    (b"{\\rtf", "a rich text document"),
    (b"SQLite format 3\0", "a database"),
)
# What stands in the content types, or as a part's name, of a zip archive that is not
# read.
ZIP_SIGNS = (
    ("macroenabled", "a workbook with macros (.xlsm)"),
    ("xl/workbook.bin", "a binary Excel workbook (.xlsb)"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a PowerPoint presentation"),
    ("index/document.iwa", "an Apple Numbers or Pages document"),
    ("vnd.oasis.opendocument", "an OpenDocument file that is no spreadsheet"),
)
ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
HTML = re.compile(
    r"\s*<(?:!doctype\s+html|(?:html|head|body|meta|table|div|style)\b)", re.IGNORECASE
)
XML = re.compile(r"\s*<\?xml\b")
JSON = re.compile(r'\s*(?:\[\s*(?:[\[{\]"]|$)|\{\s*(?:["}]|$))')
TEXT_ENDINGS = {
    "": SheetFormat.CSV,
    "csv": SheetFormat.CSV,
    "txt": SheetFormat.CSV,
    "tsv": SheetFormat.TSV,
    "tab": SheetFormat.TSV,
}


def is_zip(data: bytes) -> bool:
    return data.startswith(ZIP_MAGIC)


def refuse_foreign_bytes(data: bytes) -> None:
    if data.startswith(OLE_MAGIC) and ENCRYPTED_STREAM in data:
        raise SheetError.about(PROTECTED)
    for magic, label in MAGIC:
        if data.startswith(magic):
            raise _not_accepted(label)


def detect_zip(archive: Archive, filename: str) -> SheetFormat:
    mimetype = _start_of(archive, "mimetype").strip()
    types = _start_of(archive, "[Content_Types].xml")
    if mimetype == SheetFormat.ODS.content_type:
        return _check_ending(SheetFormat.ODS, filename)
    signs = "\n".join([mimetype, types, *archive.names]).casefold()
    for sign, label in ZIP_SIGNS:
        if sign in signs:
            raise _not_accepted(label)
    if "spreadsheetml" not in types:
        raise _not_accepted("a zip archive")
    return _check_ending(SheetFormat.XLSX, filename)


def detect_text(text: str, filename: str) -> SheetFormat:
    if HTML.match(text):
        raise _not_accepted("a web page (HTML)")
    if XML.match(text):
        raise _not_accepted("an XML document")
    ending = _ending(filename)
    if JSON.match(text) or (ending == "json" and text.lstrip().startswith(("[", "{"))):
        return _check_ending(SheetFormat.JSON, filename)
    if ending in TEXT_ENDINGS:
        return TEXT_ENDINGS[ending]
    raise SheetError.about(
        f"The name ends in .{ending}, but the content is plain text. If it is a table "
        "with commas or semicolons between the cells, rename it to end in .csv; "
        f"accepted are {describe_accepted()}."
    )


def _check_ending(found: SheetFormat, filename: str) -> SheetFormat:
    ending = _ending(filename)
    if ending in {"", found.value}:
        return found
    raise SheetError.about(
        f"The name ends in .{ending}, but the content is {found.label} "
        f"(.{found.value}). Rename it to end in .{found.value}, or save it as what "
        f"its name says; accepted are {describe_accepted()}."
    )


def _ending(filename: str) -> str:
    return PurePath(filename).suffix.removeprefix(".").casefold()


def _start_of(archive: Archive, name: str) -> str:
    if name not in archive:
        return ""
    return next(archive.chunks(name), b"").decode("utf-8", errors="replace")


def _not_accepted(label: str) -> SheetError:
    return SheetError.about(
        f"The file seems to be {label}. Accepted are {describe_accepted()}."
    )
