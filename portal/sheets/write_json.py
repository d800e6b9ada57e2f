"""Writes a list of JSON objects, one for each row, as `json.dumps` would indent it."""

import json
from collections.abc import Iterable, Sequence
from typing import IO

from portal.sheets.marks import TextRow

_quote = json.JSONEncoder(ensure_ascii=False).encode


def save_json(
    target: IO[bytes], columns: Sequence[str], rows: Iterable[TextRow]
) -> None:
    names = [f"\n    {_quote(column)}: " for column in columns]
    between = "["
    for texts, _marks in rows:
        pairs = ",".join(map(str.__add__, names, map(_quote, texts)))
        target.write(f"{between}\n  {{{pairs}\n  }}".encode())
        between = ","
    target.write(b"[]" if between == "[" else b"\n]")
