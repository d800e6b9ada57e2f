"""Builds spreadsheet files part by part, as no spreadsheet would write them."""

import io
import zipfile

from portal.sheets import SheetFormat

WRITTEN = list(SheetFormat)
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
ODF = "urn:oasis:names:tc:opendocument:xmlns:"
CALC = "urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"
WORKBOOK_TYPE = (
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
)
# The number formats that cells name by s="1" and s="2": a day, a day with a time.
STYLES = (
    f'<styleSheet xmlns="{MAIN}"><cellXfs count="3"><xf numFmtId="0"/>'
    '<xf numFmtId="14"/><xf numFmtId="22"/></cellXfs></styleSheet>'
)


def make_zip(parts, method=zipfile.ZIP_DEFLATED):
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return target.getvalue()


def make_relations(*relations):
    items = "".join(
        f'<Relationship Id="{name}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for name, kind, target in relations
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{items}</Relationships>'


def xlsx_parts(*sheets, texts=None, sheet_list=None, workbook="<workbookPr/>"):
    """Each sheet is what stands between its `sheetData` tags."""
    numbers = range(1, len(sheets) + 1)
    listed = sheet_list or "".join(
        f'<sheet name="People{n}" sheetId="{n}" r:id="rId{n}"/>' for n in numbers
    )
    relations = [(f"rId{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
    relations.append(("rId98", "styles", "styles.xml"))
    parts = {
        "[Content_Types].xml": (
            f'<Types xmlns="{PACKAGE}/content-types">'
            f'<Override PartName="/xl/workbook.xml" ContentType="{WORKBOOK_TYPE}"/>'
            "</Types>"
        ),
        "_rels/.rels": make_relations(("rId1", "officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": (
            f'<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{workbook}'
            f"<sheets>{listed}</sheets></workbook>"
        ),
        "xl/styles.xml": STYLES,
    }
    if texts is not None:
        relations.append(("rId99", "sharedStrings", "sharedStrings.xml"))
        items = "".join(f"<si><t>{text}</t></si>" for text in texts)
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{MAIN}">{items}</sst>'
    parts["xl/_rels/workbook.xml.rels"] = make_relations(*relations)
    for number, sheet in zip(numbers, sheets, strict=True):
        parts[f"xl/worksheets/sheet{number}.xml"] = (
            f'<worksheet xmlns="{MAIN}"><sheetData>{sheet}</sheetData></worksheet>'
        )
    return parts


def make_xlsx(*sheets, **options):
    return make_zip(xlsx_parts(*sheets, **options))


def xlsx_cell(place, text):
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


def xlsx_row(number, *texts):
    cells = "".join(
        xlsx_cell(f"{letter}{number}", text)
        for letter, text in zip("ABCDEFGH", texts, strict=False)
    )
    return f'<row r="{number}">{cells}</row>'


def ods_parts(*tables, styles=""):
    """Each table is what stands between its tags, or a pair of a style and that."""
    prefixes = {"office": "office", "table": "table", "text": "text", "style": "style"}
    names = " ".join(f'xmlns:{p}="{ODF}{n}:1.0"' for p, n in prefixes.items())
    body = ""
    for number, table in enumerate(tables, 1):
        style, rows = table if isinstance(table, tuple) else ("", table)
        body += (
            f'<table:table table:name="People{number}" table:style-name="{style}">'
            f"{rows}</table:table>"
        )
    content = (
        f'<office:document-content {names} xmlns:calcext="{CALC}" '
        f'xmlns:draw="{ODF}drawing:1.0">'
        f"<office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:spreadsheet>{body}</office:spreadsheet></office:body>"
        "</office:document-content>"
    )
    return {
        "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
        "META-INF/manifest.xml": f'<m:manifest xmlns:m="{ODF}manifest:1.0"/>',
        "content.xml": content,
    }


def make_ods(*tables, **options):
    return make_zip(ods_parts(*tables, **options))


def ods_row(*texts, repeated=None):
    times = f' table:number-rows-repeated="{repeated}"' if repeated else ""
    return f"<table:table-row{times}>{''.join(map(ods_text, texts))}</table:table-row>"


def ods_text(text):
    return ods_cell("string", f"<text:p>{text}</text:p>")


def ods_cell(kind, inside="", **values):
    """Values by the name of their attribute, as `date_value`."""
    attributes = "".join(
        f' office:{name.replace("_", "-")}="{value}"' for name, value in values.items()
    )
    return (
        f'<table:table-cell office:value-type="{kind}"{attributes}>{inside}'
        "</table:table-cell>"
    )


def ods_table(*rows):
    """Rows of cells that are XML already, below a header with as many columns."""
    titles = "abcdefgh"[: max(map(len, rows))]
    body = "".join(f"<table:table-row>{''.join(r)}</table:table-row>" for r in rows)
    return ods_row(*titles) + body
