"""How a file of people is to be understood: what the Columns page asks.

Kept as JSON on the job and in recipes. What may be wrong with a choice that can be
read is told by `accounts.imports.mapping.problems_with`.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.imports.columns import COLUMNS
from portal.sheets.problems import quote

MOST_DIGITS = 30
MOST_CHARACTERS = 1_000
DATE_COLUMNS = frozenset({"birth_date", "joined_on", "expires_on"})
# Those whose texts may be all digits, so that a spreadsheet makes numbers of them.
NUMBER_COLUMNS = frozenset({"username", "card_number", "branch", "phone"})


class Mode(TextChoices):
    CREATE = "create", gettext_lazy("New people only")
    UPDATE = "update", gettext_lazy("Existing people only")
    BOTH = "both", gettext_lazy("New and existing people")


class Match(TextChoices):
    USERNAME = "username", gettext_lazy("Username")
    EMAIL = "email", gettext_lazy("E-mail address")
    CARD_NUMBER = "card_number", gettext_lazy("Card number")


class Blank(TextChoices):
    CLEAR = "clear", gettext_lazy("Clears what is stored")
    KEEP = "keep", gettext_lazy("Keeps what is stored")


class DayOrder(TextChoices):
    DMY = "dmy", gettext_lazy("Day, month, year")
    MDY = "mdy", gettext_lazy("Month, day, year")
    YMD = "ymd", gettext_lazy("Year, month, day")


@dataclass(frozen=True)
class ColumnChoice:
    """One column of the file. Which one is told by its position, not by its title."""

    title: str
    # One of COLUMNS, or "": it is not imported.
    column: str = ""
    # A DayOrder for 03/04/2024; "" reads only what can be read in one way.
    day_order: str = ""
    # Numbers that are shorter get zeros in front.
    digits: int = 0
    # 12345.0 is taken for 12345.
    drops_fraction: bool = False

    @classmethod
    def from_json(cls, raw: Any) -> "ColumnChoice":
        data = _mapping(raw, "columns")
        digits = data.get("digits", 0)
        if type(digits) is not int or not 0 <= digits <= MOST_DIGITS:
            raise ValueError(
                _("Option «digits»: write a whole number from 0 to %s.") % MOST_DIGITS
            )
        return cls(
            title=_text(data, "title"),
            column=_one_of(data, "column", ("", *COLUMNS)),
            day_order=_one_of(data, "day_order", ("", *DayOrder.values)),
            digits=digits,
            drops_fraction=_flag(data, "drops_fraction"),
        )


@dataclass(frozen=True)
class ImportOptions:
    columns: tuple[ColumnChoice, ...] = ()
    mode: str = Mode.BOTH.value
    # The column that says whom a row is about.
    match: str = Match.USERNAME.value
    # Never of the columns in KEPT_WHEN_BLANK: those always keep.
    blank: str = Blank.CLEAR.value
    # Column → text, for new people whose row has none.
    defaults: Mapping[str, str] = field(default_factory=dict)
    # See `mapping.templates`; for new people whose row has no username.
    username_template: str = ""
    invites: bool = False

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "columns": [asdict(each) for each in self.columns]}

    @classmethod
    def from_json(cls, raw: Any) -> "ImportOptions":
        """Unknown keys are passed over, missing ones have their defaults.

        Raises ValueError for a value that no option can have.
        """
        data = _mapping(raw, "options")
        columns = data.get("columns", [])
        if not isinstance(columns, list | tuple):
            raise ValueError(_("Option «columns»: a list is expected."))
        return cls(
            columns=tuple(ColumnChoice.from_json(each) for each in columns),
            mode=_one_of(data, "mode", Mode.values, Mode.BOTH),
            match=_one_of(data, "match", Match.values, Match.USERNAME),
            blank=_one_of(data, "blank", Blank.values, Blank.CLEAR),
            defaults=_defaults(data.get("defaults", {})),
            username_template=_text(data, "username_template"),
            invites=_flag(data, "invites"),
        )

    @property
    def chosen(self) -> list[str]:
        """The columns that the file gives, in its order."""
        return [each.column for each in self.columns if each.column]

    @property
    def creates(self) -> bool:
        return self.mode != Mode.UPDATE


def _mapping(raw: Any, name: str) -> Mapping[str, Any]:
    if not isinstance(raw, Mapping):
        raise ValueError(_("Option «%s»: an object is expected.") % name)
    return raw


def _one_of(
    data: Mapping[str, Any], name: str, allowed: Iterable[str], otherwise: str = ""
) -> str:
    value, known = data.get(name, str(otherwise)), list(allowed)
    if not isinstance(value, str) or value not in known:
        raise ValueError(
            _("Option «%(name)s»: %(value)s is not known; write one of %(known)s.")
            % {
                "name": name,
                "value": quote(str(value)),
                "known": ", ".join(filter(None, known)),
            }
        )
    return value


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name, "")
    if not isinstance(value, str) or len(value) > MOST_CHARACTERS:
        raise ValueError(
            _("Option «%(name)s»: a text of at most %(most)s characters is expected.")
            % {"name": name, "most": MOST_CHARACTERS}
        )
    return value


def _flag(data: Mapping[str, Any], name: str) -> bool:
    value = data.get(name, False)
    if not isinstance(value, bool):
        raise ValueError(_("Option «%s»: write true or false.") % name)
    return value


def _defaults(raw: Any) -> dict[str, str]:
    data = _mapping(raw, "defaults")
    for column in data:
        _one_of({"defaults": column}, "defaults", COLUMNS)
    return {column: _text(data, column) for column in data}
