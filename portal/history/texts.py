"""Looking for words in the short texts of objects, as they were in any version."""

from typing import Any

from django.db import models
from django.db.models import CharField, Q
from django.db.models.functions import Lower
from django.db.models.lookups import Contains

from portal.fields import normalize_line
from portal.history.snapshot import tracked_fields

# A pasted page is no name; the database must not try.
MOST_WORDS = 10


def words_of(term: str) -> list[str]:
    return normalize_line(term.replace("\0", " ")).lower().split()[:MOST_WORDS]


def holds(model: type[models.Model], word: str) -> Q:
    """Whether any short text of a row holds `word`, in whatever case and script."""
    names = [f.attname for f in tracked_fields(model) if isinstance(f, CharField)]
    condition = Q(pk__in=[])
    for name in names:
        condition |= text_holds(name, word)
    return condition


def text_holds(name: str, word: str) -> Q:
    """SQLite's LIKE ignores the case of ASCII alone, and is much faster than LOWER."""
    if word.isascii():
        return Q(**{f"{name}__icontains": word})
    found: Any = Contains(Lower(name), word)
    return Q(found)


def holds_all(model: type[models.Model], words: list[str]) -> Q:
    condition = Q()
    for word in words:
        condition &= holds(model, word)
    return condition
