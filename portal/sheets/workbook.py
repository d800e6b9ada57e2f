"""Reads the first visible worksheet of an xlsx workbook.

python-calamine is given a new archive that holds this one worksheet and what it
needs, each part looked through on its way there: what was not looked at cannot be
read.
"""

import io
import zipfile
from array import array
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import IO

from python_calamine import CalamineSheet, CalamineWorkbook

from portal.sheets.archive import Archive, damaged
from portal.sheets.limits import Limits
from portal.sheets.markup import feed, make_parser
from portal.sheets.package import Package, choose_worksheet, open_package
from portal.sheets.problems import Problems
from portal.sheets.record import Record, Worksheet, describe_error, describe_rounded
from portal.sheets.sheet import column_letter
from portal.sheets.values import is_rounded, text_of
from portal.sheets.worksheet import Errors, measure_texts, scan_worksheet

PACKAGE_URL = "http://schemas.openxmlformats.org/package/2006"
OFFICE_URL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
MAIN_URL = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = (
    f'<Relationships xmlns="{PACKAGE_URL}/relationships"><Relationship Id="r1" '
    f'Type="{OFFICE_URL}/{{kind}}" Target="{{target}}"/></Relationships>'
)
FRAME = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE_URL}/content-types"/>',
    "_rels/.rels": RELATIONS.format(kind="officeDocument", target="xl/workbook.xml"),
    "xl/_rels/workbook.xml.rels": RELATIONS.format(
        kind="worksheet", target="worksheets/sheet1.xml"
    ),
}
WORKBOOK = (
    f'<workbook xmlns="{MAIN_URL}" xmlns:r="{OFFICE_URL}"><workbookPr date1904="{{}}"/>'
    '<sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>'
)


def read_workbook(archive: Archive, limits: Limits, problems: Problems) -> Worksheet:
    package = open_package(archive)
    name, part, notices = choose_worksheet(package)
    lean = io.BytesIO()
    with zipfile.ZipFile(lean, "w") as target:
        errors = _copy_checked(package, part, target, limits)
    try:
        sheet = _open_worksheet(lean)
    except ValueError:
        # The library gives up on errors that it does not know, such as #SPILL!.
        for row, cells in errors.items():
            for column, text in cells.items():
                problems.add(describe_error(text), row + 1, column_letter(column))
        problems.raise_any()
        raise
    return Worksheet(name, notices, _records(sheet, errors))


def _copy_checked(
    package: Package, part: str, target: zipfile.ZipFile, limits: Limits
) -> Errors:
    for name, text in FRAME.items():
        target.writestr(name, text)
    target.writestr("xl/workbook.xml", WORKBOOK.format(int(package.uses_1904_dates)))
    archive = package.archive
    if styles := package.find_part("styles"):
        with target.open("xl/styles.xml", "w") as copy:
            feed(make_parser(), _tee(archive.chunks(styles), copy))
    lengths = array("Q")
    if texts := package.find_part("sharedStrings"):
        with target.open("xl/sharedStrings.xml", "w") as copy:
            lengths = measure_texts(_tee(archive.chunks(texts), copy), limits)
    with target.open("xl/worksheets/sheet1.xml", "w") as copy:
        return scan_worksheet(_tee(archive.chunks(part), copy), lengths, limits)


def _tee(chunks: Iterable[bytes], copy: IO[bytes]) -> Iterator[bytes]:
    for chunk in chunks:
        copy.write(chunk)
        yield chunk


def _open_worksheet(lean: io.BytesIO) -> CalamineSheet:
    lean.seek(0)
    with _reports_damage():
        return CalamineWorkbook.from_filelike(lean).get_sheet_by_index(0)


def _records(sheet: CalamineSheet, errors: Errors) -> Iterator[Record]:
    # The library starts with the first row, but with the first column that is used.
    unused = sheet.start[1] if sheet.start else 0
    with _reports_damage():
        for index, values in enumerate(sheet.iter_rows()):
            cells = [""] * unused + [text_of(value) for value in values]
            faults = {at: describe_error(e) for at, e in errors.get(index, {}).items()}
            for at, value in enumerate(values, unused):
                if isinstance(value, float) and is_rounded(value):
                    faults[at] = describe_rounded(cells[at])
            yield Record(index + 1, cells, faults)


@contextmanager
def _reports_damage() -> Iterator[None]:
    """Whatever the library stumbles over is a file that it cannot read."""
    try:
        yield
    except BaseException as error:
        # A panic inside it arrives as PanicException, which is no Exception.
        if isinstance(error, Exception) or type(error).__name__ == "PanicException":
            raise damaged("its worksheet cannot be read") from error
        raise
