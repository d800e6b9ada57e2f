"""Reads a JSON list of flat objects, one object per row."""

import json
import re
from collections.abc import Iterator

from portal.sheets.limits import Limits
from portal.sheets.problems import Problems, SheetError, quote
from portal.sheets.record import Record
from portal.sheets.values import number_text, text_of

SPACE = re.compile(r"[ \t\r\n]*+")
EXPECTED = 'A list of objects is read: [{"username": "ada"}, {"username": "ben"}].'


class _Pairs(list[tuple[str, object]]):
    """An object with its keys as written, so that a key that stands twice shows."""


class _NotANumber:
    pass


def _not_a_number(_literal: str) -> _NotANumber:
    return _NotANumber()


# Numbers become text at once: a float would lose digits of a long one.
DECODER = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_int=number_text,
    parse_float=number_text,
    parse_constant=_not_a_number,
)


def read_objects(text: str, limits: Limits, problems: Problems) -> Iterator[Record]:
    """The first record holds the keys of all objects, in the order of their first
    appearance."""
    columns: dict[str, int] = {}
    records: list[Record] = []
    for number, value in enumerate(_each_value(text), 1):
        if number > limits.rows:
            raise SheetError.about(
                f"The list has more than {limits.rows:,} objects, which is the most "
                "that is read at once. Split it."
            )
        if not isinstance(value, _Pairs):
            problems.add(f"This is no object. {EXPECTED}", number)
            continue
        records.append(_make_record(number, value, columns, problems))
        if len(columns) > limits.columns:
            raise SheetError.about(
                f"The objects have {len(columns):,} different keys by here; at most "
                f"{limits.columns:,} are read.",
                number,
            )
    if not records:
        problems.raise_any()
        raise SheetError.about(f"The list is empty. {EXPECTED}")
    yield Record(0, list(columns))
    yield from records


def _each_value(text: str) -> Iterator[object]:
    at = _skip_space(text, 0)
    if text[at : at + 1] != "[":
        raise SheetError.about(f"The file holds no list. {EXPECTED}")
    at = _skip_space(text, at + 1)
    if text[at : at + 1] == "]":
        return _check_end(text, at)
    number = 0
    while True:
        number += 1
        value, at = _decode(text, at, number)
        yield value
        at = _skip_space(text, at)
        if text[at : at + 1] == "]":
            return _check_end(text, at)
        if text[at : at + 1] != ",":
            raise _malformed("a comma or the end of the list is missing", text, at)
        at = _skip_space(text, at + 1)


def _decode(text: str, at: int, number: int) -> tuple[object, int]:
    try:
        return DECODER.raw_decode(text, at)
    except json.JSONDecodeError as error:
        raise _malformed(error.msg, text, error.pos, number) from error
    except RecursionError as error:
        raise SheetError.about(
            f"It is nested too deeply. {EXPECTED}", number
        ) from error


def _skip_space(text: str, at: int) -> int:
    found = SPACE.match(text, at)
    return found.end() if found else at


def _check_end(text: str, at: int) -> None:
    at = _skip_space(text, at + 1)
    if at < len(text):
        raise _malformed("there is something after the end of the list", text, at)


def _malformed(
    reason: str, text: str, at: int, number: int | None = None
) -> SheetError:
    line = text.count("\n", 0, at) + 1
    column = at - text.rfind("\n", 0, at)
    return SheetError.about(
        f"This is no valid JSON at line {line:,}, character {column:,}: {reason}.",
        number,
    )


def _make_record(
    number: int, pairs: _Pairs, columns: dict[str, int], problems: Problems
) -> Record:
    values: dict[int, object] = {}
    for key, value in pairs:
        if not key.strip():
            problems.add("A key is blank. Each key names a column.", number)
        index = columns.setdefault(key, len(columns))
        if index in values:
            problems.add(f"The key {quote(key)} stands twice.", number, key)
        values[index] = value
    faults = {
        index: fault for index, value in values.items() if (fault := _fault(value))
    }
    cells = [""] * len(columns)
    for index, value in values.items():
        if index not in faults:
            cells[index] = text_of(value)
    return Record(number, cells, faults)


def _fault(value: object) -> str | None:
    if isinstance(value, list):
        return "A list or an object stands here; a cell holds one value."
    if isinstance(value, _NotANumber):
        return "NaN and Infinity are no numbers that a cell can hold."
    return None
