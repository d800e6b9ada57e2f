"""The columns of the people's table, by the names that an export gives them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

USER_COLUMNS = ("username", "email", "first_name", "last_name", "is_active")
READER_COLUMNS = (
    "card_number",
    "category",
    "branch",
    "phone",
    "birth_date",
    "joined_on",
    "expires_on",
    "notes",
)
COLUMNS = USER_COLUMNS + READER_COLUMNS
KEY = "username"
# What a person cannot be without: a blank cell means «no opinion» here, where in the
# other columns it clears the value.
KEPT_WHEN_BLANK = {"is_active", "card_number", "joined_on"}


@dataclass(frozen=True)
class ColumnHelp:
    """What the import page tells about a column."""

    name: str
    holds: Any
    blank: Any

    @property
    def is_required(self) -> bool:
        return self.name == KEY


_CLEARS = gettext_lazy("Clears it")

COLUMN_HELP = [
    ColumnHelp(
        "username",
        gettext_lazy("Who the row is about: anna.berg. Case does not matter"),
        gettext_lazy("Not possible"),
    ),
    ColumnHelp("email", gettext_lazy("An address that nobody else has"), _CLEARS),
    ColumnHelp("first_name", gettext_lazy("In any script"), _CLEARS),
    ColumnHelp("last_name", gettext_lazy("In any script"), _CLEARS),
    ColumnHelp(
        "is_active",
        gettext_lazy("true or false, yes or no, 1 or 0"),
        gettext_lazy("A new person is active, others stay as they are"),
    ),
    ColumnHelp(
        "card_number",
        gettext_lazy("A number that nobody else has: RR482019339"),
        gettext_lazy("A new person gets a new number, others keep theirs"),
    ),
    ColumnHelp("category", gettext_lazy("The category's name: Adult"), _CLEARS),
    ColumnHelp("branch", gettext_lazy("The branch's code: MAIN"), _CLEARS),
    ColumnHelp("phone", gettext_lazy("With its country: +44 20 7946 0958"), _CLEARS),
    ColumnHelp("birth_date", gettext_lazy("A date: 1987-05-23"), _CLEARS),
    ColumnHelp(
        "joined_on",
        gettext_lazy("A date: 2024-03-12"),
        gettext_lazy("A new person joins today, others keep their date"),
    ),
    ColumnHelp(
        "expires_on",
        gettext_lazy("A date: 2027-03-12"),
        gettext_lazy("Clears it: the person never expires"),
    ),
    ColumnHelp(
        "notes", gettext_lazy("Text, of several lines where the format can"), _CLEARS
    ),
]
