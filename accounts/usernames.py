"""Usernames proposed from names."""

import re
import unicodedata
from typing import Any

from django.db.models.functions import Lower

MAX_LENGTH = 140
TRIED_AT_ONCE = 50


def propose_username(first_name: str, last_name: str) -> str:
    """«Anna» and «Berg» give `anna.berg`; marks are dropped, every script is kept."""
    words = [fold_word(name) for name in (first_name, last_name)]
    return ".".join(word for word in words if word)[:MAX_LENGTH].strip(".-")


def free_username(first_name: str, last_name: str, users: Any) -> str:
    """The proposal, with a number when `users` (a manager) has it; "" without names."""
    base = propose_username(first_name, last_name)
    if not base:
        return ""
    folded = users.annotate(folded=Lower("username"))
    number = 1
    while True:
        numbers = range(number, number + TRIED_AT_ONCE)
        tried = [base if n == 1 else f"{base}{n}" for n in numbers]
        taken = set(folded.filter(folded__in=tried).values_list("folded", flat=True))
        for candidate in tried:
            if candidate not in taken:
                return candidate
        number += TRIED_AT_ONCE


def fold_word(name: str) -> str:
    """«Zoë O’Neill» gives `zoe-o-neill`."""
    letters = unicodedata.normalize("NFKD", name).lower()
    # Marks go from Latin letters only: in other scripts they may be vowels.
    kept = "".join(
        letter
        for i, letter in enumerate(letters)
        if not (unicodedata.combining(letter) and _follows_latin(letters, i))
    )
    return re.sub(r"[^\w]+", "-", unicodedata.normalize("NFKC", kept)).strip("-_")


def _follows_latin(text: str, index: int) -> bool:
    while index and unicodedata.combining(text[index]):
        index -= 1
    return text[index].isascii()
