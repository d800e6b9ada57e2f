"""Turns the bytes of a text file into text, and never loses a character doing so."""

import codecs
import re
from dataclasses import dataclass

from portal.sheets.problems import SheetError

SAMPLE = 4096
# UTF-32 comes first: its mark starts with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
LABELS = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252",
}
ACCEPTED = "Save it as UTF-8; UTF-16 and Windows-1252 are read as well."
LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class Decoded:
    text: str
    encoding: str

    @property
    def label(self) -> str:
        return LABELS[self.encoding]

    @property
    def notices(self) -> list[str]:
        if self.encoding != "cp1252":
            return []
        return [
            "Read as Windows-1252, because it is not UTF-8. Check names with "
            "accents before you go on."
        ]


def decode(data: bytes) -> Decoded:
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(encoding, data[len(mark) :])
    if unmarked := unmarked_utf16(data):
        return _decode_as(unmarked, data)
    try:
        return Decoded(data.decode("utf-8"), "utf-8")
    except UnicodeDecodeError as error:
        _refuse_broken_utf8(data, error)
    return _decode_as("cp1252", data)


def _decode_as(encoding: str, data: bytes) -> Decoded:
    try:
        return Decoded(data.decode(encoding), encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(LABELS[encoding], encoding, data, error) from error


def unmarked_utf16(data: bytes) -> str | None:
    """Mostly Latin text in UTF-16 has a zero in every second byte, on one side."""
    sample = data[:SAMPLE]
    half = len(sample) // 2
    first, second = sample[::2].count(0), sample[1::2].count(0)
    if second * 2 > half and first * 20 < half:
        return "utf-16-le"
    if first * 2 > half and second * 20 < half:
        return "utf-16-be"
    return None


def _refuse_broken_utf8(data: bytes, error: UnicodeDecodeError) -> None:
    """A few bad bytes among good UTF-8 are damage, not another encoding: read as
    Windows-1252, every other accent in the file would come out wrong."""
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\N{REPLACEMENT CHARACTER}")
    beyond_ascii = len(text) - len(text.encode("ascii", errors="ignore"))
    if beyond_ascii - lost >= lost:
        raise _undecodable("UTF-8", "utf-8", data, error) from error


def _undecodable(
    label: str, encoding: str, data: bytes, error: UnicodeDecodeError
) -> SheetError:
    before = data[: error.start].decode(encoding, errors="replace")
    found = " ".join(f"0x{byte:02X}" for byte in data[error.start : error.end][:4])
    return SheetError.about(
        f"The file seems to be {label}, but {found} is no character in it. {ACCEPTED}",
        row=len(LINE_END.findall(before)) + 1,
    )
