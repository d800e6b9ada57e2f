"""Usernames made from a template: `{first[0]}{last}` gives `aberg`.

A small language of its own, for `str.format` would reach into objects.
"""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from accounts.usernames import MAX_LENGTH, fold_word
from portal.sheets.problems import quote

FIELDS = {
    "first": "first_name",
    "last": "last_name",
    "email": "email",
    "card": "card_number",
}
MOST_CHARACTERS = 100
_PIECE = re.compile(r"\{([^{}]*)\}|([^{}]+)|([{}])")
_FIELD = re.compile(r"\s*(\w+)\s*(?:\[(?:(-?\d{1,3})|(-?\d{1,3})?:(-?\d{1,3})?)\])?\s*")
_NOT_IN_USERNAME = re.compile(r"[^\w.@+-]+")


@dataclass(frozen=True, slots=True)
class Piece:
    """Literal text, or a part of a column's text."""

    literal: str = ""
    column: str = ""
    start: int | None = None
    stop: int | None = None

    def text(self, values: Mapping[str, str]) -> str:
        if not self.column:
            return self.literal
        fold = _fold_address if self.column == "email" else fold_word
        return fold(values.get(self.column) or "")[self.start : self.stop]


@dataclass(frozen=True, slots=True)
class UsernameTemplate:
    pieces: tuple[Piece, ...]

    @property
    def columns(self) -> set[str]:
        """Those of the people's table from which it takes something."""
        return {piece.column for piece in self.pieces if piece.column}

    def username(self, values: Mapping[str, str]) -> str:
        """The username for these texts (column → text), or "" when they are blank.

        It may be somebody's already; what is added then is the caller's.
        """
        texts = [piece.text(values) for piece in self.pieces]
        if not any(t for t, p in zip(texts, self.pieces, strict=True) if p.column):
            return ""
        joined = unicodedata.normalize("NFKC", "".join(texts))
        return joined[:MAX_LENGTH].strip(".-")


def parse_template(text: str) -> UsernameTemplate:
    """Raises ValueError with what would be accepted."""
    if len(text) > MOST_CHARACTERS:
        raise ValueError(
            _("The template has %(length)s characters; at most %(most)s are read.")
            % {"length": len(text), "most": MOST_CHARACTERS}
        )
    pieces = tuple(_piece(found) for found in _PIECE.finditer(text.strip()))
    template = UsernameTemplate(pieces)
    if not template.columns:
        raise ValueError(
            _("The template makes one username for everybody; write {first}, say.")
        )
    return template


def _piece(found: re.Match[str]) -> Piece:
    field, literal, brace = found.groups()
    if brace:
        raise ValueError(_("A brace stands alone; write {first}, say."))
    return _literal(literal) if literal is not None else _field(field)


def _literal(text: str) -> Piece:
    folded = unicodedata.normalize("NFKC", text.lower())
    if wrong := _NOT_IN_USERNAME.search(folded):
        raise ValueError(
            _("%s cannot stand in a username; letters, digits and @ . + - _ can.")
            % quote(wrong.group())
        )
    return Piece(literal=folded)


def _field(text: str) -> Piece:
    found = _FIELD.fullmatch(text)
    if found is None:
        raise ValueError(
            _("%s is not understood; write {first}, {first[0]} or {first[0:3]}.")
            % quote(f"{{{text}}}")
        )
    name, index, start, stop = found.groups()
    if name not in FIELDS:
        raise ValueError(
            _("There is no %(name)s; there are %(known)s.")
            % {
                "name": quote(f"{{{name}}}"),
                "known": ", ".join(f"{{{each}}}" for each in FIELDS),
            }
        )
    if index is not None:
        first = int(index)
        return Piece(column=FIELDS[name], start=first, stop=first + 1 or None)
    return Piece(column=FIELDS[name], start=_number(start), stop=_number(stop))


def _number(text: str | None) -> int | None:
    return int(text) if text is not None else None


def _fold_address(address: str) -> str:
    """An address stays one, for @ and + may stand in usernames."""
    folded = unicodedata.normalize("NFKC", address.strip().lower())
    return _NOT_IN_USERNAME.sub("-", folded).strip(".-")
