"""Writes an xlsx workbook row by row; what it needs does not grow with the rows."""

import re
from collections.abc import Collection, Iterable, Sequence
from itertools import chain, count, islice
from tempfile import TemporaryDirectory
from typing import IO

from xlsxwriter import Workbook
from xlsxwriter.exceptions import FileCreateError
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_range
from xlsxwriter.worksheet import Worksheet

from portal.sheets.characters import refuse_unwritable
from portal.sheets.guard import is_risky
from portal.sheets.marks import MARK_COLOUR, TextRow
from portal.sheets.problems import SheetError

NARROWEST, WIDEST, REASON_WIDTH = 8, 50, 70
NO_XML_CHARACTER = re.compile("[\ud800-\udfff\ufffe\uffff]")
MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_576, 16_384, 32_767


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


def save_xlsx(
    target: IO[bytes],
    columns: Sequence[str],
    rows: Iterable[TextRow],
    *,
    has_reason: bool,
) -> None:
    # With its folder all its temporary files go, after an error as well.
    with TemporaryDirectory() as folder:
        workbook = Workbook(target, {"constant_memory": True, "tmpdir": folder})
        workbook.use_zip64()
        _Writer(workbook, columns, has_reason).write(rows)
        try:
            workbook.close()
        except FileCreateError as error:
            # It hides what the disk said.
            raise error.args[0] from None


class _Writer:
    def __init__(
        self, workbook: Workbook, columns: Sequence[str], has_reason: bool
    ) -> None:
        self._workbook, self._columns = workbook, columns
        self._has_reason = has_reason
        self._bold = workbook.add_format({"bold": True})
        self._wrapped = workbook.add_format({"text_wrap": True, "valign": "top"})
        # «Quoted» tells Excel that the text is meant, even after someone has edited
        # the cell.
        self._quoted = workbook.add_format({"quote_prefix": True})
        marked = {"bg_color": MARK_COLOUR}
        self._marked = workbook.add_format(marked)
        self._marked_quoted = workbook.add_format(marked | {"quote_prefix": True})

    def write(self, rows: Iterable[TextRow]) -> None:
        rows = iter(rows)
        waiting: list[TextRow] = []
        for number in count(1):
            # The header has a row of each worksheet.
            part = chain(waiting, islice(rows, MOST_ROWS - 1 - len(waiting)))
            name = "Sheet1" if number == 1 else f"Sheet1 continued ({number})"
            self._write_sheet(name, part, (number - 1) * (MOST_ROWS - 1))
            waiting = list(islice(rows, 1))
            if not waiting:
                return

    def _write_sheet(self, name: str, rows: Iterable[TextRow], before: int) -> None:
        self._sheet = self._workbook.add_worksheet(name, _TextWorksheet)
        self._widths = [NARROWEST] * len(self._columns)
        self._write_header()
        last = 0
        for last, (texts, marks) in enumerate(rows, 1):
            self._refuse_unwritable(texts, before + last + 1)
            self._write_row(last, texts, marks)
        self._finish(last)

    def _finish(self, last: int) -> None:
        widths = [min(width, WIDEST) for width in self._widths]
        if self._has_reason:
            widths[-1] = REASON_WIDTH
        for index, width in enumerate(widths):
            self._sheet.set_column(index, index, width + 1)
        area = (0, 0, last, len(self._columns) - 1)
        self._sheet.freeze_panes(1, 0)
        self._sheet.autofilter(*area)
        # Card numbers are texts on purpose; Excel need not warn of each one.
        self._sheet.ignore_errors({"number_stored_as_text": xl_range(*area)})

    def _write_header(self) -> None:
        self._refuse_unwritable(self._columns, 1)
        for index, name in enumerate(self._columns):
            self._write_text(0, index, name, self._bold)

    def _write_row(self, row: int, texts: list[str], marks: Collection[int]) -> None:
        reason = len(texts) - 1 if self._has_reason else None
        for index, text in enumerate(texts):
            style = self._wrapped if index == reason else None
            if index in marks:
                style = self._marked_quoted if is_risky(text) else self._marked
            elif is_risky(text):
                style = self._quoted
            if text:
                self._write_text(row, index, text, style)
            elif style is self._marked:
                self._sheet.write_blank(row, index, None, style)

    def _write_text(
        self, row: int, index: int, text: str, style: Format | None
    ) -> None:
        if self._sheet.write_string(row, index, text, style):
            raise self._too_large(row, index, text)
        self._widths[index] = max(self._widths[index], len(text))

    def _refuse_unwritable(self, texts: Sequence[str], number: int) -> None:
        refuse_unwritable(
            NO_XML_CHARACTER, texts, number, self._columns, "an Excel workbook"
        )

    def _too_large(self, row: int, column: int, text: str) -> SheetError:
        return SheetError.about(
            f"An Excel workbook holds at most {MOST_COLUMNS:,} columns and "
            f"{LONGEST_TEXT:,} characters in a cell; this text has {len(text):,}. "
            "Choose another format.",
            row + 1,
            self._columns[column],
        )
