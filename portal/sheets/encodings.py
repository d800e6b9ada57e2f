"""Finds out how a text file is encoded, and opens it as text."""

import codecs
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from portal.sheets.meter import Meter
from portal.sheets.problems import SheetError, quote
from portal.sheets.text import BYTE_ORDER_MARKS, unmarked_utf16

CHUNK = 256 * 1024
BAD_BYTE = re.compile("[\udc80-\udcff]")
# Names for codecs that a person may choose from.
ENCODINGS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16, big-endian",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32, big-endian",
    "cp1252": "Windows-1252 (Western Europe)",
    "iso8859-15": "ISO 8859-15 (Western Europe)",
    "cp1250": "Windows-1250 (Central Europe)",
    "iso8859-2": "ISO 8859-2 (Central Europe)",
    "cp1251": "Windows-1251 (Cyrillic)",
    "koi8-r": "KOI8-R (Cyrillic)",
    "cp1253": "Windows-1253 (Greek)",
    "cp1254": "Windows-1254 (Turkish)",
    "cp1255": "Windows-1255 (Hebrew)",
    "cp1256": "Windows-1256 (Arabic)",
    "cp1257": "Windows-1257 (Baltic)",
    "mac-roman": "Mac Roman",
    "cp850": "DOS 850 (Western Europe)",
    "cp437": "DOS 437 (USA)",
    "gb18030": "GB 18030 (Chinese)",
    "big5": "Big5 (Chinese)",
    "shift_jis": "Shift JIS (Japanese)",
    "euc_kr": "EUC-KR (Korean)",
}
GUESSED = (
    "Read as Windows-1252, because it is not UTF-8. Check names with accents before "
    "you go on."
)


@dataclass(frozen=True)
class TextFile:
    """Opening it never fails because of a byte: what is no character in the encoding
    comes out as half a character, or as U+FFFD, so that its cell can be named."""

    path: Path
    encoding: str
    start: int
    is_guessed: bool = False
    meter: Meter = field(default_factory=Meter)

    @property
    def label(self) -> str:
        return ENCODINGS[self.encoding]

    @property
    def notices(self) -> list[str]:
        return [GUESSED] if self.is_guessed else []

    def open(self) -> io.TextIOWrapper:
        """With its line ends as they are."""
        file = self.path.open("rb")
        file.seek(self.start)
        self.meter.file, self.meter.size = file, self.path.stat().st_size
        # Bytes below 0x80 cannot come out as half a character.
        is_wide = self.encoding.startswith(("utf-16", "utf-32"))
        errors = "replace" if is_wide else "surrogateescape"
        return io.TextIOWrapper(file, self.encoding, errors, newline="")


def find_encoding(path: Path, wanted: str | None) -> TextFile:
    with path.open("rb") as file:
        sample = file.read(CHUNK)
    mark, marked = next(
        (each for each in BYTE_ORDER_MARKS if sample.startswith(each[0])), (b"", None)
    )
    if wanted is not None:
        if wanted not in ENCODINGS:
            raise SheetError.about(
                f"There is no encoding {quote(wanted)} to read a file with. There are "
                f"{', '.join(ENCODINGS)}."
            )
        return TextFile(path, wanted, len(mark) if marked == wanted else 0)
    if found := marked or unmarked_utf16(sample):
        return TextFile(path, found, len(mark))
    if _is_mostly_utf8(path):
        return TextFile(path, "utf-8", 0)
    return TextFile(path, "cp1252", 0, is_guessed=True)


def _is_mostly_utf8(path: Path) -> bool:
    """A few bad bytes among good UTF-8 are damage, not another encoding: read as
    Windows-1252, every other accent in the file would come out wrong."""
    lost = beyond_ascii = 0
    for text in _decoded(path):
        if not text.isascii():
            lost += len(BAD_BYTE.findall(text))
            beyond_ascii += len(text) - len(text.encode("ascii", errors="ignore"))
    return lost == 0 or beyond_ascii - lost >= lost


def _decoded(path: Path) -> Iterator[str]:
    decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            yield decode(chunk)
    yield decode(b"", True)
