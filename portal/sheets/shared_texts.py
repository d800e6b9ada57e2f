"""The texts that the cells of a workbook share, as many as there may be.

They are kept packed, on disk once they are many, and read no further than somebody
asked for: a list of them would take ten times the memory.
"""

import re
from array import array
from collections.abc import Iterable
from contextlib import suppress
from tempfile import SpooledTemporaryFile

from portal.sheets.archive import damaged
from portal.sheets.limits import MIB, Limits, too_much
from portal.sheets.markup import Attributes, feed_slowly, local_name, make_parser
from portal.sheets.problems import quote
from portal.sheets.rich_text import RichText, unescape

INDEX = re.compile("[0-9]{1,9}")
BLOCK = 64
# No XML can hold this character.
SEPARATOR = "\0"
MOST_IN_MEMORY = 16 * MIB
MOST_CACHED = 4 * MIB


class SharedTexts:
    def __init__(self, chunks: Iterable[bytes], limits: Limits) -> None:
        self._limits = limits
        self._text = RichText(limits.cell_characters)
        self._is_inside = False
        self._elements = 0
        self._pending: list[str] = []
        # Who made the object closes it: the texts are needed beyond any one call.
        self._file = SpooledTemporaryFile(MOST_IN_MEMORY)  # noqa: SIM115
        self._ends = array("Q", [0])
        self._cache: dict[int, list[str]] = {}
        self._cached = 0
        parser = make_parser()
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._text.pieces.append
        self._steps = feed_slowly(parser, chunks)

    def close(self) -> None:
        self._file.close()

    def __getitem__(self, index: int) -> str:
        """Raises IndexError."""
        number, place = divmod(index, BLOCK)
        block = self._cache.get(number)
        return (block or self._load(number))[place]

    def _load(self, number: int) -> list[str]:
        while number >= len(self._ends) - 1 and self._read_on():
            pass
        if number >= len(self._ends) - 1:
            raise IndexError(number)
        start, end = self._ends[number : number + 2]
        self._file.seek(start)
        raw = self._file.read(end - start).decode()
        block = [unescape(text) for text in raw.split(SEPARATOR)]
        self._cached += len(raw)
        if self._cached > MOST_CACHED:
            self._cache.clear()
            self._cached = len(raw)
        self._cache[number] = block
        return block

    def _read_on(self) -> bool:
        for _ in self._steps:
            self._text.trim()
            return True
        if self._pending:
            self._flush()
            return True
        return False

    def _start(self, name: str, attributes: Attributes) -> None:
        self._elements += 1
        if self._elements > self._limits.elements:
            raise too_much()
        name = local_name(name)
        if name == "si":
            self._is_inside = True
        else:
            self._text.start(name, attributes)

    def _end(self, name: str) -> None:
        name = local_name(name)
        self._text.end(name)
        if name == "si" and self._is_inside:
            self._is_inside = False
            self._pending.append(self._text.take())
            if len(self._pending) == BLOCK:
                self._flush()

    def _flush(self) -> None:
        raw = SEPARATOR.join(self._pending).encode()
        self._file.seek(self._ends[-1])
        self._file.write(raw)
        self._ends.append(self._ends[-1] + len(raw))
        self._pending.clear()


def find_text(texts: SharedTexts, literal: str) -> str:
    if INDEX.fullmatch(literal):
        with suppress(IndexError):
            return texts[int(literal)]
    raise damaged(f"it has no text {quote(literal)}")
