"""Reads the XML inside a workbook as a stream, and refuses what could harm."""

import codecs
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from xml.parsers import expat

from portal.sheets.archive import damaged
from portal.sheets.problems import SheetError

MOST_LISTED = 300_000
LONGEST_MARKUP = 1024 * 1024

type Attributes = dict[str, str]


def make_parser(*, namespaces: bool = False) -> expat.XMLParserType:
    """Without `namespaces`, names come as written: «x:row» or «row»."""
    parser = expat.ParserCreate("utf-8", " " if namespaces else None)
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.XmlDeclHandler = _refuse_other_encodings
    return parser


def feed(parser: expat.XMLParserType, chunks: Iterable[bytes]) -> None:
    for _ in feed_slowly(parser, chunks):
        pass


def feed_slowly(parser: expat.XMLParserType, chunks: Iterable[bytes]) -> Iterator[None]:
    """Pauses after each chunk, so that what the handlers found can be taken away."""
    try:
        fed = 0
        for chunk in chunks:
            if not fed:
                _refuse_utf16(chunk[:2])
            parser.Parse(chunk, False)
            fed += len(chunk)
            # The parser keeps what it cannot make sense of yet, however long.
            if fed - parser.CurrentByteIndex > LONGEST_MARKUP:
                raise damaged("a tag in it never ends")
            yield
        parser.Parse(b"", True)
        yield
    except expat.ExpatError as error:
        raise damaged(f"its XML breaks off or is malformed ({error})") from error


def each_element(
    chunks: Iterable[bytes], handle: Callable[[str, Attributes], None]
) -> None:
    """Call `handle` for every element, by its name without the prefix. This is for
    short parts that list others."""
    counter = count()

    def start(name: str, attributes: Attributes) -> None:
        if next(counter) > MOST_LISTED:
            raise damaged("one of its parts lists far too much")
        handle(local_name(name), attributes)

    parser = make_parser()
    parser.StartElementHandler = start
    feed(parser, chunks)


def local_name(name: str) -> str:
    return name.rpartition(":")[2]


def _refuse_doctype(*_: object) -> None:
    # Entities can only be declared in a document type, and no spreadsheet has one.
    raise SheetError.about(
        "The file declares a document type (DTD) inside, which could make the portal "
        "read other files. Spreadsheets have none: save it again as .xlsx or .ods."
    )


def _refuse_utf16(start: bytes) -> None:
    # The parser switches to it by itself, whatever encoding it was told.
    if start in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE} or b"\0" in start:
        raise damaged("its XML is in UTF-16, and only UTF-8 is read")


def _refuse_other_encodings(
    _version: str, encoding: str | None, _standalone: int
) -> None:
    if encoding is not None and encoding.casefold() not in {"utf-8", "us-ascii"}:
        raise damaged(f"its XML is in {encoding}, and only UTF-8 is read")
