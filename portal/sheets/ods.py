"""Reads one visible table of an OpenDocument spreadsheet, as a stream of rows.

Read here rather than by python-calamine, which loses tabs and line breaks inside a
cell, takes a division by zero for the number 0, and believes a file that says that a
row is repeated thousands of millions of times.
"""

from collections.abc import Iterable, Iterator

from portal.sheets.archive import PROTECTED, Archive
from portal.sheets.formats import SheetFormat
from portal.sheets.limits import Limits
from portal.sheets.markup import feed, feed_slowly, make_parser
from portal.sheets.meter import Meter
from portal.sheets.ods_table import TableReader
from portal.sheets.package import choose_worksheet
from portal.sheets.problems import SheetError
from portal.sheets.record import Record
from portal.sheets.source import Source

MANIFEST, CONTENT = "META-INF/manifest.xml", "content.xml"
NO_TABLE = -1


def open_ods(archive: Archive, limits: Limits, wanted: str | None) -> Source:
    if archive.holds(MANIFEST, b"encryption-data"):
        raise SheetError.about(PROTECTED)
    names = _list_tables(archive.chunks(CONTENT), limits)
    place, notices = choose_worksheet(names, wanted)
    meter = Meter()
    return Source(
        SheetFormat.ODS,
        lambda: _read_table(
            meter.counted(archive.chunks(CONTENT), archive.size_of(CONTENT)),
            place,
            limits,
        ),
        worksheet=names[place],
        worksheets=names,
        notices=notices,
        meter=meter,
    )


def _read_table(
    chunks: Iterable[bytes], place: int, limits: Limits
) -> Iterator[Record]:
    reader = TableReader(place, limits)
    parser = make_parser(namespaces=True)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.characters
    for _ in feed_slowly(parser, chunks):
        for row in reader.rows:
            yield from row.records()
        reader.rows.clear()
        if reader.is_done:
            return


def _list_tables(chunks: Iterable[bytes], limits: Limits) -> list[str]:
    """The names of the tables that are seen; they may stand at the end of the file."""
    reader = TableReader(NO_TABLE, limits)
    parser = make_parser(namespaces=True)
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    feed(parser, chunks)
    return reader.names
