"""Keeps a text from running as a formula when a csv or tsv file is opened.

A spreadsheet runs what starts with one of these characters, so such a text is
written with an apostrophe before it, and the reader takes one apostrophe off again.
A text that has apostrophes already gets one more: reading what was written always
gives the same text.
"""

import re

_RISKY = "[=+\\-@\t\r\0\N{FULLWIDTH EQUALS SIGN}\N{FULLWIDTH PLUS SIGN}"
_RISKY += "\N{FULLWIDTH HYPHEN-MINUS}\N{FULLWIDTH COMMERCIAL AT}]"
_TO_GUARD = re.compile(f"'*{_RISKY}")
_GUARDED = re.compile(f"'+{_RISKY}")


def is_risky(text: str) -> bool:
    return _TO_GUARD.match(text) is not None


def guard(text: str) -> str:
    return f"'{text}" if is_risky(text) else text


def unguard(text: str) -> str:
    return text[1:] if _GUARDED.match(text) else text
