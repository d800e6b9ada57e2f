"""Reads a JSON list of flat objects, one object per row."""

from collections.abc import Iterator
from itertools import islice

from portal.sheets.encodings import TextFile
from portal.sheets.formats import SheetFormat
from portal.sheets.json_text import EXPECTED, NotANumber, Pairs, each_value
from portal.sheets.limits import Limits
from portal.sheets.problems import SheetError, quote
from portal.sheets.record import Record
from portal.sheets.sheet import WHOLE_ROW
from portal.sheets.source import Source
from portal.sheets.values import text_of

# Objects may leave keys out, but looking at all of a large file takes its time.
LOOKED_AT = 10_000


def open_json(file: TextFile, limits: Limits) -> Source:
    """The columns are the keys of the first objects, as they first appear."""
    columns = _find_keys(file, limits)
    return Source(
        SheetFormat.JSON,
        lambda: _records(file, columns),
        columns=list(columns),
        encoding=file.encoding,
        encoding_label=file.label,
        notices=file.notices,
        meter=file.meter,
    )


def _find_keys(file: TextFile, limits: Limits) -> dict[str, int]:
    columns: dict[str, int] = {}
    number = 0
    with file.open() as text:
        for number, value in enumerate(islice(each_value(text), LOOKED_AT), 1):
            for key, _ in value if isinstance(value, Pairs) else ():
                if key.strip():
                    columns.setdefault(key, len(columns))
            if len(columns) > limits.columns:
                raise SheetError.about(
                    f"The objects have {len(columns):,} different keys by here; at "
                    f"most {limits.columns:,} are read.",
                    number,
                )
    if not columns:
        raise SheetError.about(
            f"The list is empty. {EXPECTED}"
            if number == 0
            else f"No object in the list has a key. {EXPECTED}"
        )
    return columns


def _records(file: TextFile, columns: dict[str, int]) -> Iterator[Record]:
    with file.open() as text:
        for number, value in enumerate(each_value(text), 1):
            if isinstance(value, Pairs):
                yield _make_record(number, value, columns)
            else:
                faults = {WHOLE_ROW: f"This is no object. {EXPECTED}"}
                yield Record(number, [], faults)


def _make_record(number: int, pairs: Pairs, columns: dict[str, int]) -> Record:
    cells = [""] * len(columns)
    faults: dict[int, str] = {}
    seen: set[str] = set()
    for key, value in pairs:
        index = columns.get(key, WHOLE_ROW)
        fault = _key_fault(key, index, seen) or _value_fault(value)
        if fault:
            faults.setdefault(index, fault)
        elif index != WHOLE_ROW:
            cells[index] = text_of(value)
        seen.add(key)
    return Record(number, cells, faults)


def _key_fault(key: str, index: int, seen: set[str]) -> str | None:
    if not key.strip():
        return "A key is blank. Each key names a column."
    if index == WHOLE_ROW:
        return (
            f"The key {quote(key)} names no column, for none of the first "
            f"{LOOKED_AT:,} objects has it. Give it to the first one too, or take it "
            "out."
        )
    if key in seen:
        return f"The key {quote(key)} stands twice. Each may stand once."
    return None


def _value_fault(value: object) -> str | None:
    if isinstance(value, list):
        return "A list or an object stands here; a cell holds one value."
    if isinstance(value, NotANumber):
        return "NaN and Infinity are no numbers that a cell can hold."
    return None
