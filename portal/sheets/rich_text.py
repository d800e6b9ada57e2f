"""Puts the text of a cell together out of its runs, as xlsx writes it."""

import re

from portal.sheets.markup import Attributes

ESCAPE = re.compile("_x([0-9A-Fa-f]{4})_")
ESCAPE_LENGTH = 7
XML_SPACE = " \t\r\n"


def unescape(text: str) -> str:
    """«_x000D_» stands for what XML cannot hold, and «_x005F_» for its own start."""
    if "_x" not in text:
        return text
    return ESCAPE.sub(lambda found: chr(int(found[1], 16)), text)


class RichText:
    """Give it the elements by their names without prefixes. Characters go to `pieces`
    whether or not they belong to the text, because nothing else is as fast."""

    def __init__(self, longest: int) -> None:
        # One more than may stand in a cell shows that it is too long.
        self._longest = (longest + 1) * ESCAPE_LENGTH
        self._runs: list[str] = []
        self._length = 0
        self._is_phonetic = self._keeps_space = False
        self.pieces: list[str] = []

    def start_run(self, attributes: Attributes) -> None:
        self.pieces.clear()
        self._keeps_space = bool(attributes) and "preserve" in attributes.values()

    def start(self, name: str, attributes: Attributes) -> None:
        if name == "t":
            self.start_run(attributes)
        elif name == "rPh":
            # How it is pronounced; Excel shows it above the text.
            self._is_phonetic = True

    def end(self, name: str) -> None:
        if name == "t":
            self.end_run()
        elif name == "rPh":
            self._is_phonetic = False

    def end_run(self) -> None:
        pieces = self.pieces
        if not self._is_phonetic and self._length < self._longest:
            run = pieces[0] if len(pieces) == 1 else "".join(pieces)
            if not self._keeps_space:
                run = run.strip(XML_SPACE)
            self._runs.append(run)
            self._length += len(run)
        pieces.clear()

    def take(self) -> str:
        runs, self._runs, self._length = self._runs, [], 0
        return runs[0] if len(runs) == 1 else "".join(runs)

    def trim(self) -> None:
        """To be called now and then: a text may be as long as the file."""
        if self.pieces:
            self.pieces[:] = ["".join(self.pieces)[: self._longest]]
