"""Takes a JSON list apart, one value after the other, in little memory."""

import io
import json
import re
from collections.abc import Iterator

from portal.sheets.limits import MIB
from portal.sheets.problems import SheetError
from portal.sheets.values import number_text

SPACE = re.compile(r"[ \t\r\n]*+")
EXPECTED = 'A list of objects is read: [{"username": "ada"}, {"username": "ben"}].'
PIECE = 64 * 1024
LONGEST_VALUE = 2 * MIB


class Pairs(list[tuple[str, object]]):
    """An object with its keys as written, so that a key that stands twice shows."""


class NotANumber:
    pass


def _not_a_number(_literal: str) -> NotANumber:
    return NotANumber()


# Numbers become text at once: a float would lose digits of a long one.
DECODER = json.JSONDecoder(
    object_pairs_hook=Pairs,
    parse_int=number_text,
    parse_float=number_text,
    parse_constant=_not_a_number,
)


def each_value(file: io.TextIOWrapper) -> Iterator[object]:
    """Raises SheetError where it is no list, or no JSON."""
    text = _Text(file)
    if text.next_sign() != "[":
        raise SheetError.about(f"The file holds no list. {EXPECTED}")
    text.skip_sign()
    number = 0
    while number or text.next_sign() != "]":
        number += 1
        yield text.take_value(number)
        sign = text.next_sign()
        if sign == "]":
            break
        if sign != ",":
            raise text.malformed("a comma or the end of the list is missing")
        text.skip_sign()
    text.skip_sign()
    if text.next_sign():
        raise text.malformed("there is something after the end of the list")


class _Text:
    """A window that moves over the file, and knows where it is."""

    def __init__(self, file: io.TextIOWrapper) -> None:
        self._file = file
        self._window = ""
        self._at = 0
        self._line, self._character = 1, 1

    def next_sign(self) -> str:
        """What follows the white space; nothing at the end."""
        while True:
            found = SPACE.match(self._window, self._at)
            self._at = found.end() if found else self._at
            if self._at < len(self._window) or not self._read_on(PIECE):
                return self._window[self._at : self._at + 1]

    def skip_sign(self) -> None:
        self._at += 1

    def take_value(self, number: int) -> object:
        self.next_sign()
        while True:
            try:
                value, end = DECODER.raw_decode(self._window, self._at)
            except json.JSONDecodeError as error:
                at = error.pos - self._at
                if self._read_on(len(self._window)):
                    continue
                raise self.malformed(error.msg, at, number) from error
            except RecursionError as error:
                raise SheetError.about(
                    f"It is nested too deeply. {EXPECTED}", number
                ) from error
            # A number that ends with the window may go on after it.
            if end < len(self._window) or not self._read_on(PIECE):
                self._at = end
                return value

    def malformed(
        self, reason: str, at: int | None = None, number: int | None = None
    ) -> SheetError:
        self._pass(self._at if at is None else at)
        return SheetError.about(
            f"This is no valid JSON at line {self._line:,}, character "
            f"{self._character:,}: {reason}.",
            number,
        )

    def _read_on(self, count: int) -> bool:
        """Whether there was more. A value that is far too long gets no more of it."""
        self._pass(self._at)
        if len(self._window) > LONGEST_VALUE:
            return False
        more = self._file.read(max(count, PIECE))
        self._window += more
        return bool(more)

    def _pass(self, at: int) -> None:
        passed = self._window[:at]
        self._window = self._window[at:]
        self._at = 0
        lines = passed.count("\n")
        self._line += lines
        if lines:
            self._character = len(passed) - passed.rfind("\n")
        else:
            self._character += len(passed)
