"""Opens a file of any accepted format, and gives its rows as they are read."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path, PurePath

from portal.sheets.archive import Archive
from portal.sheets.deadline import Deadline
from portal.sheets.delimited import open_delimited
from portal.sheets.detect import (
    detect_zip,
    is_json,
    is_old_workbook,
    is_zip,
    notices_about_name,
    refuse_encrypted,
    refuse_foreign_bytes,
)
from portal.sheets.encodings import find_encoding
from portal.sheets.formats import SheetFormat
from portal.sheets.header import find_header
from portal.sheets.json_file import open_json
from portal.sheets.limits import (
    DEFAULT_LIMITS,
    Limits,
    describe_bytes,
    too_many_rows,
    too_much,
)
from portal.sheets.ods import open_ods
from portal.sheets.problems import SheetError
from portal.sheets.sheet import SheetRow
from portal.sheets.source import Reading, Source
from portal.sheets.table import Aligner
from portal.sheets.workbook import open_workbook

START = 64 * 1024
FIND_OUT = Reading()


class OpenSheet:
    """A table of text. `columns` are the titles by position: titles may be blank, or
    stand twice. `header_row` is 0 in a format without one."""

    def __init__(
        self, source: Source, filename: str, limits: Limits, reading: Reading
    ) -> None:
        self._source, self._filename, self._limits = source, filename, limits
        self._deadline = Deadline(limits)
        self.format = source.format
        self.worksheet, self.worksheets = source.worksheet, source.worksheets
        self.encoding, self.encoding_label = source.encoding, source.encoding_label
        self.delimiter = source.delimiter
        self.notices = [*source.notices, *notices_about_name(source.format, filename)]
        if source.columns is None:
            found = find_header(source, limits, reading.header_row)
            self.header_row, self.columns = found
        else:
            self.header_row, self.columns = 0, source.columns

    @property
    def share_read(self) -> float:
        """How much of the file the rows have been read from, 0 to 1; 0 unknown."""
        return self._source.meter.share

    def rows(self) -> Iterator[SheetRow]:
        """The rows with a value, from the first one each time it is called. Raises
        SheetError, perhaps after many rows, where the file cannot be read on."""
        with _names(self._filename):
            yield from self._rows()

    def _rows(self) -> Iterator[SheetRow]:
        aligner = Aligner(self._source, len(self.columns), self._limits)
        count = characters = 0
        for record in self._source.records():
            if record.number <= self.header_row or record.is_blank:
                continue
            self._deadline.check()
            count += 1
            if count > self._limits.rows:
                raise too_many_rows(self._limits)
            row = aligner.align(record)
            # A small file can use one long text in very many cells.
            characters += sum(map(len, row.cells))
            if characters > self._limits.unpacked_bytes:
                raise too_much()
            yield row


@contextmanager
def open_sheet(
    path: Path,
    filename: str,
    limits: Limits = DEFAULT_LIMITS,
    reading: Reading = FIND_OUT,
) -> Iterator[OpenSheet]:
    """Raises SheetError, and nothing else, for a file that cannot be used at all. What
    is wrong with one row is told with it. The rows can only be read in the block."""
    with _names(filename):
        _check_size(path, limits)
        with path.open("rb") as file:
            start = file.read(START)
        if is_old_workbook(start):
            refuse_encrypted(path)
        refuse_foreign_bytes(start)
    if is_zip(start):
        with _names(filename):
            archive = Archive(path, limits)
        with closing(archive):
            with _names(filename):
                source = _open_zip(archive, limits, reading)
                sheet = OpenSheet(source, filename, limits, reading)
            yield sheet
    else:
        with _names(filename):
            source = _open_text(path, limits, reading)
            sheet = OpenSheet(source, filename, limits, reading)
        yield sheet


def _open_zip(archive: Archive, limits: Limits, reading: Reading) -> Source:
    format = detect_zip(archive)
    reading.refuse_others(format, "worksheet", "header_row")
    opener = open_ods if format is SheetFormat.ODS else open_workbook
    return opener(archive, limits, reading.worksheet)


def _open_text(path: Path, limits: Limits, reading: Reading) -> Source:
    file = find_encoding(path, reading.encoding)
    with file.open() as text:
        start = text.read(START)
    if is_json(start):
        reading.refuse_others(SheetFormat.JSON, "encoding")
        return open_json(file, limits)
    reading.refuse_others(SheetFormat.CSV, "encoding", "delimiter", "header_row")
    return open_delimited(file, reading.delimiter)


def _check_size(path: Path, limits: Limits) -> None:
    size = path.stat().st_size
    if size > limits.bytes:
        raise SheetError.about(
            f"The file has {describe_bytes(size)}; at most "
            f"{describe_bytes(limits.bytes)} are read."
        )


@contextmanager
def _names(filename: str) -> Iterator[None]:
    """Whatever error leaves the block says which file it is about."""
    try:
        yield
    except SheetError as error:
        error.filename = PurePath(filename).name
        raise
