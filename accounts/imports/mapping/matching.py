"""Proposes what each column of a file is.

Only ever proposes: a person looks at it before anything is done with it.
"""

import re
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.imports.columns import COLUMNS
from accounts.imports.mapping.synonyms import SYNONYMS
from readers.cards import PREFIX, validate_card_number

LONGEST_TITLE = 60
# Comparing spellings takes time that grows with the columns.
MOST_SPELLINGS = 64
SHORTEST_SPELLING = 5
LIKENESS = 0.86
ENOUGH_SAMPLES = 2


class Why(TextChoices):
    """What a proposal goes by, the best first."""

    CHOSEN = "chosen", gettext_lazy("as you chose last time")
    NAME = "name", gettext_lazy("by its name")
    SYNONYM = "synonym", gettext_lazy("by its meaning")
    SPELLING = "spelling", gettext_lazy("by a similar spelling")
    CONTENT = "content", gettext_lazy("by what it holds")
    REASON = "reason", gettext_lazy("why a row was refused before")
    HIDDEN = "hidden", gettext_lazy("you may not see this of people")
    NOTHING = "", gettext_lazy("nothing fits")


@dataclass(frozen=True, slots=True)
class Proposal:
    column: str = ""
    why: Why = Why.NOTHING


def propose_columns(
    titles: Sequence[str],
    samples: Sequence[Sequence[str]] = (),
    chosen: Mapping[str, str] | None = None,
) -> list[Proposal]:
    """One proposal for each title; a column of ours is proposed once at most.

    `samples` are the first cells of each column; `chosen` is what the importer chose
    the last time, title → column, where "" was «do not import».
    """
    found: dict[int, Proposal] = {}
    taken: set[str] = set()
    for way, matches in _ways(titles, samples, chosen or {}):
        for at, title in enumerate(titles):
            column = None if at in found else matches(at, title)
            if column is None or column in taken:
                continue
            found[at] = Proposal(column, way)
            taken |= {column} - {""}
    return [found.get(at, Proposal()) for at in range(len(titles))]


Matches = Callable[[int, str], str | None]


def _ways(
    titles: Sequence[str], samples: Sequence[Sequence[str]], chosen: Mapping[str, str]
) -> Iterator[tuple[Why, Matches]]:
    """The surest first, so that a bold one takes nothing that a sure one needs."""
    reasons = {"reason", fold_title(_("Why it was refused"))}
    last_time: dict[str, str] = {}
    for title, column in chosen.items():
        last_time.setdefault(fold_title(title), column)
    folded = [fold_title(title) for title in titles]
    bare = [fold_title(_HINT.sub("", title)) for title in titles]

    yield Why.CHOSEN, lambda at, title: last_time.get(folded[at]) if title else None
    yield Why.REASON, lambda at, title: "" if folded[at] in reasons else None
    yield Why.NAME, lambda at, title: title if title in COLUMNS else None
    yield Why.NAME, lambda at, title: _NAMES.get(folded[at])
    yield Why.SYNONYM, lambda at, title: _SYNONYMS.get(folded[at])
    yield Why.SYNONYM, lambda at, title: _SYNONYMS.get(bare[at])
    yield Why.SPELLING, lambda at, title: _like(bare[at], at)
    yield (
        Why.CONTENT,
        lambda at, title: (
            _held_by(samples[at]) if at < len(samples) and _is_mute(title) else None
        ),
    )


def fold_title(title: str) -> str:
    """«E-mail Address», «E_MAIL ADDRESS» and «émail address» fold to one text."""
    text = unicodedata.normalize("NFKD", title.replace("#", " no "))
    return "".join(letter for letter in text.casefold() if letter.isalnum())


_RIGHTS = {
    "isstaff",
    "staffstatus",
    "issuperuser",
    "superuser",
    "superuserstatus",
    "groups",
    "roles",
    "permissions",
    "userpermissions",
}


def names_rights(title: str) -> bool:
    """Whether the column gives what nobody may give by an import: flags and roles."""
    return fold_title(title) in _RIGHTS


# «Date of birth (dd/mm/yyyy)», «Phone [optional]».
_HINT = re.compile(r"[(\[{].*")
# Titles that say nothing: none, a letter, «Column 3», «Unnamed: 2», «Field1».
_MUTE = re.compile(r"[a-z]{0,2}|(column|unnamed|field|col|spalte|colonne)?[0-9]*")
_NAMES = {fold_title(column): column for column in COLUMNS}
_SYNONYMS = _NAMES | {
    fold_title(phrase): column
    for column, phrases in SYNONYMS.items()
    for phrase in phrases.split(",")
}


def _like(folded: str, at: int) -> str | None:
    if not SHORTEST_SPELLING <= len(folded) <= LONGEST_TITLE or at >= MOST_SPELLINGS:
        return None
    close = get_close_matches(folded, _SYNONYMS, n=1, cutoff=LIKENESS)
    return _SYNONYMS[close[0]] if close else None


def _is_mute(title: str) -> bool:
    return _MUTE.fullmatch(fold_title(title)) is not None


def _held_by(cells: Sequence[str]) -> str | None:
    """The one column whose values look like nobody else's, if all of these do."""
    texts = [text for cell in cells if (text := cell.strip())]
    if len(texts) < ENOUGH_SAMPLES:
        return None
    for column, is_one in (("email", _is_email), ("card_number", _is_card)):
        if all(map(is_one, texts)):
            return column
    return None


def _is_email(text: str) -> bool:
    return _passes(validate_email, text)


def _is_card(text: str) -> bool:
    return text.startswith(PREFIX) and _passes(validate_card_number, text)


def _passes(validate: Callable[[str], None], text: str) -> bool:
    try:
        validate(text)
    except ValidationError:
        return False
    return True
