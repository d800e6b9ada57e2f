"""Reads a file of any accepted format."""

from pathlib import PurePath

from portal.sheets.archive import Archive
from portal.sheets.delimited import DelimitedText
from portal.sheets.detect import (
    detect_text,
    detect_zip,
    is_zip,
    refuse_foreign_bytes,
)
from portal.sheets.formats import SheetFormat
from portal.sheets.json_file import read_objects
from portal.sheets.limits import Limits, describe_bytes
from portal.sheets.ods import read_ods
from portal.sheets.problems import Problems, SheetError
from portal.sheets.sheet import Sheet
from portal.sheets.table import arrange
from portal.sheets.text import decode
from portal.sheets.workbook import read_workbook

DEFAULT_LIMITS = Limits()


def read_sheet(data: bytes, filename: str, limits: Limits = DEFAULT_LIMITS) -> Sheet:
    """Read the whole table as text, or raise a `SheetError` that says what to correct.

    Nothing else is raised for a bad file, and nothing of it is dropped in silence:
    what a person should know all the same is in the sheet's `notices`.
    """
    try:
        return _read(data, filename, limits)
    except SheetError as error:
        error.filename = PurePath(filename).name
        raise


def _read(data: bytes, filename: str, limits: Limits) -> Sheet:
    if len(data) > limits.bytes:
        raise SheetError.about(
            f"The file has {describe_bytes(len(data))}; at most "
            f"{describe_bytes(limits.bytes)} are read."
        )
    refuse_foreign_bytes(data)
    if is_zip(data):
        return _read_zip(data, filename, limits)
    return _read_text(data, filename, limits)


def _read_zip(data: bytes, filename: str, limits: Limits) -> Sheet:
    archive, problems = Archive(data, limits), Problems()
    format = detect_zip(archive, filename)
    if format is SheetFormat.ODS:
        found = read_ods(archive, limits)
    else:
        found = read_workbook(archive, limits, problems)
    columns, rows = arrange(found.records, limits, problems, ragged=True)
    return Sheet(columns, rows, format, worksheet=found.name, notices=found.notices)


def _read_text(data: bytes, filename: str, limits: Limits) -> Sheet:
    decoded, problems = decode(data), Problems()
    text = decoded.text
    if not text.strip("\ufeff \t\r\n"):
        raise SheetError.about("The file is empty.")
    format = detect_text(text, filename)
    sheet = Sheet([], [], format, decoded.label, notices=decoded.notices)
    if format is SheetFormat.JSON:
        records = read_objects(text, limits, problems)
    else:
        delimited = DelimitedText(text, format, problems)
        sheet.delimiter, records = delimited.delimiter, delimited.records()
    ragged = format is SheetFormat.JSON
    sheet.columns, sheet.rows = arrange(records, limits, problems, ragged=ragged)
    return sheet
