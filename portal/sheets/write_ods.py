"""Writes an OpenDocument spreadsheet row by row.

The XML is written as a stream because odfpy keeps a tree of the whole document, which
takes gigabytes and minutes for a hundred thousand people.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain
from typing import IO

from portal.sheets.characters import refuse_unwritable
from portal.sheets.formats import SheetFormat
from portal.sheets.marks import MARK_COLOUR, TextRow
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
    '<style:style style:name="marked" style:family="table-cell">'
    f'<style:table-cell-properties fo:background-color="{MARK_COLOUR}"/></style:style>'
    '<style:style style:name="reason" style:family="table-cell">'
    '<style:table-cell-properties fo:wrap-option="wrap"/></style:style>'
    '<style:style style:name="wide" style:family="table-column">'
    '<style:table-column-properties style:column-width="12cm"/></style:style>'
    "</office:automatic-styles>"
    '<office:body><office:spreadsheet><table:table table:name="Sheet1">'
)
END = "</table:table></office:spreadsheet></office:body></office:document-content>"
STRING = '<table:table-cell office:value-type="string"{style}>{text}</table:table-cell>'
BLANK = "<table:table-cell{style}/>"
STYLE = ' table:style-name="{}"'
PLAIN, HEADER, MARKED, REASON = (
    "",
    *map(STYLE.format, ("header", "marked", "reason")),
)


def save_ods(
    target: IO[bytes],
    columns: Sequence[str],
    rows: Iterable[TextRow],
    *,
    has_reason: bool,
) -> None:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        # The type must come first and unpacked, so that it can be seen from outside.
        archive.writestr("mimetype", MIMETYPE, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", DECLARATION + MANIFEST)
        with archive.open("content.xml", "w", force_zip64=True) as content:
            start = DECLARATION + START + _columns_xml(columns, has_reason)
            content.write(start.encode())
            for xml in _rows_xml(columns, rows, has_reason):
                content.write(xml.encode())
            content.write(END.encode())


def _columns_xml(columns: Sequence[str], has_reason: bool) -> str:
    if not has_reason:
        return ""
    others = f'<table:table-column table:number-columns-repeated="{len(columns) - 1}"/>'
    wide = '<table:table-column table:style-name="wide"/>'
    return (others if len(columns) > 1 else "") + wide


def _rows_xml(
    columns: Sequence[str], rows: Iterable[TextRow], has_reason: bool
) -> Iterator[str]:
    plain = [PLAIN] * len(columns)
    if has_reason:
        plain[-1] = REASON
    header: TextRow = (list(columns), ())
    for number, (texts, marks) in enumerate(chain([header], rows), 1):
        refuse_unwritable(
            NO_XML_CHARACTER, texts, number, columns, "an OpenDocument file"
        )
        styles = plain if number > 1 else [HEADER] * len(columns)
        if marks:
            styles = [MARKED if i in marks else s for i, s in enumerate(styles)]
        yield _row_xml(texts, styles)


def _row_xml(texts: Sequence[str], styles: Sequence[str]) -> str:
    cells = (
        STRING.format(style=style, text=paragraphs_xml(text))
        if text
        else BLANK.format(style=style)
        for text, style in zip(texts, styles, strict=True)
    )
    return f"<table:table-row>{''.join(cells)}</table:table-row>"
