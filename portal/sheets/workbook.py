"""Opens an xlsx workbook: which worksheet is read, and what its cells refer to."""

from collections.abc import Iterator
from contextlib import closing

from portal.sheets.archive import Archive
from portal.sheets.formats import SheetFormat
from portal.sheets.limits import Limits
from portal.sheets.meter import Meter
from portal.sheets.number_formats import read_meanings
from portal.sheets.package import choose_worksheet, open_package
from portal.sheets.record import Record
from portal.sheets.shared_texts import SharedTexts
from portal.sheets.source import Source
from portal.sheets.worksheet import read_worksheet
from portal.sheets.worksheet_cell import CellValues


def open_workbook(archive: Archive, limits: Limits, wanted: str | None) -> Source:
    package = open_package(archive)
    worksheets = package.visible_worksheets()
    names = [name for name, _ in worksheets]
    place, notices = choose_worksheet(names, wanted)
    part = worksheets[place][1]
    texts_part = package.find_part("sharedStrings")
    styles_part = package.find_part("styles")
    meanings = read_meanings(archive.chunks(styles_part)) if styles_part else []

    meter = Meter()

    def records() -> Iterator[Record]:
        # Each reading has its own place in the texts, which it reads as it needs them.
        chunks = archive.chunks(texts_part) if texts_part else iter(())
        with closing(SharedTexts(chunks, limits)) as texts:
            values = CellValues(texts, meanings, from_1904=package.uses_1904_dates)
            yield from read_worksheet(
                meter.counted(archive.chunks(part), archive.size_of(part)),
                values,
                limits,
            )

    return Source(
        SheetFormat.XLSX,
        records,
        worksheet=names[place],
        worksheets=names,
        notices=notices,
        meter=meter,
    )
