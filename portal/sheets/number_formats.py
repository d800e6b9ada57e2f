"""Tells by the format of a cell whether its number is a date or a duration."""

import re
from collections.abc import Iterable
from enum import Enum, auto
from itertools import chain

from portal.sheets.archive import damaged
from portal.sheets.markup import Attributes, each_element


class Meaning(Enum):
    NUMBER = auto()
    DATE = auto()
    DURATION = auto()


# Formats that workbooks use without spelling them out; those from 27 and from 50 are
# dates of East Asia.
DATES = {*chain(range(14, 23), range(27, 37), (45, 47), range(50, 59))}
DURATION = 46
LITERALS = re.compile(r'"[^"]*"|\\.|_.|\*.|\[(?![hms]+\])[^\]]*\]', re.IGNORECASE)
NUMBER = re.compile("[0-9]{1,9}")
ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
DATE_LETTERS = re.compile("[dmyhs]", re.IGNORECASE)


def read_meanings(chunks: Iterable[bytes]) -> list[Meaning]:
    """What a number means in each style that a cell can have, by its index."""
    codes: dict[str, Meaning] = {}
    styles: list[str] = []
    is_inside = False

    def handle(name: str, attributes: Attributes) -> None:
        nonlocal is_inside
        if name == "numFmt":
            code = attributes.get("formatCode", "")
            codes[attributes.get("numFmtId", "")] = meaning_of(code)
        elif name in {"cellXfs", "cellStyles", "cellStyleXfs", "dxfs"}:
            is_inside = name == "cellXfs"
        elif name == "xf" and is_inside:
            styles.append(attributes.get("numFmtId", "0"))

    each_element(chunks, handle)
    return [codes.get(number) or _built_in(number) for number in styles]


def meaning_of(code: str) -> Meaning:
    bare = LITERALS.sub("", code).partition(";")[0]
    if ELAPSED.search(bare):
        return Meaning.DURATION
    return Meaning.DATE if DATE_LETTERS.search(bare) else Meaning.NUMBER


def _built_in(number: str) -> Meaning:
    if not NUMBER.fullmatch(number):
        raise damaged("one of its cell styles has no number format")
    if int(number) == DURATION:
        return Meaning.DURATION
    return Meaning.DATE if int(number) in DATES else Meaning.NUMBER
