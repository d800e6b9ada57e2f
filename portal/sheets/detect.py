"""What a file is: its content says so, and its name never does."""

import re
from pathlib import Path, PurePath

from portal.sheets.archive import PROTECTED, Archive
from portal.sheets.formats import SheetFormat, describe_accepted
from portal.sheets.limits import MIB
from portal.sheets.problems import SheetError

ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
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
HTML = re.compile(
    r"\s*<(?:!doctype\s+html|(?:html|head|body|meta|table|div|style|font|center)\b|!--)",
    re.IGNORECASE,
)
XML = re.compile(r"\s*<\?xml\b")
JSON = re.compile(r'\s*(?:\[\s*(?:[\[{\]"\d]|-\d|$)|\{\s*(?:["}]|$))')
TEXT_ENDINGS = {"csv", "tsv", "tab", "txt"}


def is_old_workbook(start: bytes) -> bool:
    return start.startswith(OLE_MAGIC)


def is_zip(start: bytes) -> bool:
    return start.startswith(ZIP_MAGIC)


def refuse_encrypted(path: Path) -> None:
    """An encrypted workbook of any kind is kept inside an old one."""
    tail = b""
    with path.open("rb") as file:
        while chunk := file.read(MIB):
            if ENCRYPTED_STREAM in tail + chunk:
                raise SheetError.about(PROTECTED)
            tail = chunk[-len(ENCRYPTED_STREAM) :]


def refuse_foreign_bytes(start: bytes) -> None:
    for magic, label in MAGIC:
        if start.startswith(magic):
            raise not_accepted(label)


def detect_zip(archive: Archive) -> SheetFormat:
    mimetype = _start_of(archive, "mimetype").strip()
    types = _start_of(archive, "[Content_Types].xml")
    if mimetype == SheetFormat.ODS.content_type:
        return SheetFormat.ODS
    signs = "\n".join([mimetype, types, *archive.names]).casefold()
    for sign, label in ZIP_SIGNS:
        if sign in signs:
            raise not_accepted(label)
    if "spreadsheetml" not in types:
        raise not_accepted("a zip archive")
    return SheetFormat.XLSX


def is_json(start: str) -> bool:
    """The alternative is a table in plain text; whatever else it is, is refused."""
    if not start.strip("\ufeff \t\r\n"):
        raise SheetError.about("The file is empty.")
    if HTML.match(start):
        raise not_accepted("a web page (HTML)")
    if XML.match(start):
        raise not_accepted("an XML document")
    return JSON.match(start) is not None


def notices_about_name(found: SheetFormat, filename: str) -> list[str]:
    ending = PurePath(filename).suffix.removeprefix(".").casefold()
    fitting = TEXT_ENDINGS if found.delimiter else {found.value}
    if not ending or ending in fitting:
        return []
    return [
        f"The name ends in .{ending}, but the content is {found.label} "
        f"(.{found.value}); it was read as that"
    ]


def _start_of(archive: Archive, name: str) -> str:
    if name not in archive:
        return ""
    return next(archive.chunks(name), b"").decode("utf-8", errors="replace")


def not_accepted(label: str) -> SheetError:
    return SheetError.about(
        f"The file seems to be {label}. Accepted are {describe_accepted()}."
    )
