"""Reads and writes spreadsheet files: formats, encodings, limits.

Everything that leaves the reader is text, the same whatever the format. Nothing here
knows what the columns mean, and nothing here needs Django.
"""

from portal.sheets.encodings import ENCODINGS
from portal.sheets.formats import SheetFormat
from portal.sheets.limits import DEFAULT_LIMITS, Limits
from portal.sheets.marks import MarkedRow
from portal.sheets.opening import OpenSheet, open_sheet
from portal.sheets.problems import SheetError, SheetProblem
from portal.sheets.sheet import SheetRow
from portal.sheets.source import Reading
from portal.sheets.write import WRITABLE, save_sheet, stream_csv, write_sheet

__all__ = [
    "DEFAULT_LIMITS",
    "ENCODINGS",
    "WRITABLE",
    "Limits",
    "MarkedRow",
    "OpenSheet",
    "Reading",
    "SheetError",
    "SheetFormat",
    "SheetProblem",
    "SheetRow",
    "open_sheet",
    "save_sheet",
    "stream_csv",
    "write_sheet",
]
