"""Writes an OpenDocument spreadsheet row by row.

The XML is written as a stream because odfpy keeps a tree of the whole document, which
takes gigabytes and minutes for a hundred thousand people.
"""

import io
import re
import zipfile
from collections.abc import Iterable, Sequence
from itertools import chain

from portal.sheets.characters import refuse_unwritable
from portal.sheets.formats import SheetFormat
from portal.sheets.ods_text import paragraphs_xml

NO_XML_CHARACTER = re.compile("[\0-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
URN = "urn:oasis:names:tc:opendocument:xmlns:"
MIMETYPE = SheetFormat.ODS.content_type
MANIFEST = (
    f'<manifest:manifest xmlns:manifest="{URN}manifest:1.0" manifest:version="1.2">'
    f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{MIMETYPE}"/>'
    '<manifest:file-entry manifest:full-path="content.xml" '
    'manifest:media-type="text/xml"/></manifest:manifest>'
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
START = (
    f'<office:document-content xmlns:office="{URN}office:1.0" '
    f'xmlns:style="{URN}style:1.0" xmlns:fo="{URN}xsl-fo-compatible:1.0" '
    f'xmlns:table="{URN}table:1.0" xmlns:text="{URN}text:1.0" office:version="1.2">'
    "<office:automatic-styles>"
    '<style:style style:name="header" style:family="table-cell">'
    '<style:text-properties fo:font-weight="bold"/></style:style>'
    "</office:automatic-styles>"
    '<office:body><office:spreadsheet><table:table table:name="Sheet1">'
)
END = "</table:table></office:spreadsheet></office:body></office:document-content>"
STRING = '<table:table-cell office:value-type="string"{style}>{text}</table:table-cell>'
HEADER = ' table:style-name="header"'
BLANK = "<table:table-cell/>"


def write_ods(columns: Sequence[str], rows: Iterable[list[str]]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        # The type must come first and unpacked, so that it can be seen from outside.
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", DECLARATION + MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            content.write((DECLARATION + START).encode())
            for number, row in enumerate(chain([columns], rows), 1):
                refuse_unwritable(
                    NO_XML_CHARACTER, row, number, columns, "an OpenDocument file"
                )
                content.write(_row_xml(row, HEADER if number == 1 else "").encode())
            content.write(END.encode())
    return target.getvalue()


def _row_xml(row: Sequence[str], style: str) -> str:
    cells = (
        STRING.format(style=style, text=paragraphs_xml(text)) if text else BLANK
        for text in row
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"
