"""Reads and writes spreadsheet files: formats, encodings, limits.

Everything that leaves the reader is text, the same whatever the format. Nothing here
knows what the columns mean, and nothing here needs Django.
"""

from portal.sheets.formats import SheetFormat
from portal.sheets.limits import Limits
from portal.sheets.problems import SheetError, SheetProblem
from portal.sheets.read import read_sheet
from portal.sheets.sheet import Sheet, SheetRow
from portal.sheets.write import stream_csv, write_sheet

__all__ = [
    "Limits",
    "Sheet",
    "SheetError",
    "SheetFormat",
    "SheetProblem",
    "SheetRow",
    "read_sheet",
    "stream_csv",
    "write_sheet",
]
