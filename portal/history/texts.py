"""Looking for words in the short texts of objects, as they were in any version."""

from typing import Any

from django.db import models
from django.db.models import CharField, F, Q, TextField, Value
from django.db.models.functions import Concat, Lower
from django.db.models.lookups import Contains, IContains

from portal.access import hidden_fields
from portal.fields import normalize_line
from portal.history.snapshot import tracked_fields

# A pasted page is no name; the database must not try.
MOST_WORDS = 10


def words_of(term: str) -> list[str]:
    return normalize_line(term.replace("\0", " ")).lower().split()[:MOST_WORDS]


def holds(model: type[models.Model], word: str, user: Any) -> Q:
    """Whether any short text of a row holds `word`, in whatever case and script.

    Not those that `user` may not see: finding would be guessing.
    """
    hidden = hidden_fields(user, model)
    names = [
        field.attname
        for field in tracked_fields(model)
        if isinstance(field, CharField) and field.name not in hidden
    ]
    return text_holds(names, word) if names else Q(pk__in=())


def text_holds(names: list[str], word: str) -> Q:
    """Whether one of these columns holds `word`: a single look at each row.

    SQLite's LIKE ignores the case of ASCII alone, and is much faster than LOWER.
    """
    between: list[Any] = [F(names[0])]
    for name in names[1:]:
        # No word has a line feed, so none is found across two columns.
        between += [Value("\n"), F(name)]
    text = Concat(*between, Value("\n"), output_field=TextField())
    is_plain = word.isascii()
    found: Any = IContains(text, word) if is_plain else Contains(Lower(text), word)
    return Q(found)


def holds_all(model: type[models.Model], words: list[str], user: Any) -> Q:
    condition = Q()
    for word in words:
        condition &= holds(model, word, user)
    return condition
