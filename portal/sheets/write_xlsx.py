"""Writes an xlsx workbook row by row; what it needs does not grow with the rows."""

import io
import re
from collections.abc import Iterable, Sequence
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from portal.sheets.characters import refuse_unwritable
from portal.sheets.guard import is_risky
from portal.sheets.problems import SheetError

NARROWEST, WIDEST = 8, 50
NO_XML_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
MOST_ROWS, LONGEST_TEXT = 1_048_576, 32_767


class _TextWorksheet(Worksheet):
    """Writes every text so that it is read as that text. The original escapes
    «_x005F_x0041_» only in part, and takes «<r>…</r>» for ready-made XML."""

    _ESCAPES = re.compile("_(?=x[0-9A-Fa-f]{4}_)|[\0-\x08\x0b-\x1f]")

    @classmethod
    def _escape_control_characters(cls, data: str) -> str:
        return cls._ESCAPES.sub(lambda found: f"_x{ord(found[0]):04X}_", data)

    def _xml_rich_inline_string(
        self, string: str, attributes: list[tuple[str, object]]
    ) -> None:
        self._xml_inline_string(string, True, attributes)


def write_xlsx(columns: Sequence[str], rows: Iterable[list[str]]) -> bytes:
    target = io.BytesIO()
    save_xlsx(target, columns, rows)
    return target.getvalue()


def save_xlsx(
    target: IO[bytes], columns: Sequence[str], rows: Iterable[list[str]]
) -> None:
    # Leaving the block removes its temporary file, also after an error.
    with Workbook(target, {"constant_memory": True}) as workbook:
        sheet = workbook.add_worksheet(worksheet_class=_TextWorksheet)
        _Writer(workbook, sheet, columns).write(rows)


class _Writer:
    def __init__(
        self, workbook: Workbook, sheet: Worksheet, columns: Sequence[str]
    ) -> None:
        self._sheet, self._columns = sheet, columns
        self._bold = workbook.add_format({"bold": True})
        # Tells Excel that the text is meant, even after someone has edited the cell.
        self._quoted = workbook.add_format({"quote_prefix": True})
        self._widths = [NARROWEST] * len(columns)

    def write(self, rows: Iterable[list[str]]) -> None:
        self._write_row(0, list(self._columns), self._bold)
        last = 0
        for last, row in enumerate(rows, 1):
            self._write_row(last, row, None)
        for index, width in enumerate(self._widths):
            self._sheet.set_column(index, index, min(width, WIDEST) + 1)
        area = (0, 0, last, len(self._columns) - 1)
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(*area)
        # Card numbers are texts on purpose; Excel need not warn of each one.
        self._sheet.ignore_errors({"number_stored_as_text": xl_range(*area)})

    def _write_row(self, index: int, row: list[str], style: Format | None) -> None:
        refuse_unwritable(
            NO_XML_CHARACTER, row, index + 1, self._columns, "an Excel workbook"
        )
        for column, text in enumerate(row):
            quoted = self._quoted if is_risky(text) else None
            if text and self._sheet.write_string(index, column, text, style or quoted):
                raise self._too_large(index, column, text)
            self._widths[column] = max(self._widths[column], len(text))

    def _too_large(self, index: int, column: int, text: str) -> SheetError:
        return SheetError.about(
            f"An Excel workbook holds at most {MOST_ROWS:,} rows and "
            f"{LONGEST_TEXT:,} characters in a cell; this text has {len(text):,}. "
            "Choose another format.",
            index + 1,
            self._columns[column],
        )
