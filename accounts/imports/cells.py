"""What a cell of the people's table may hold, and how it is written.

The widgets of `accounts.resources.PersonResource`. A text that cannot be read raises
ValueError with what would be accepted.
"""

from datetime import date
from difflib import get_close_matches
from functools import cached_property
from typing import Any

import phonenumbers
from django.conf import settings
from django.db import models
from django.utils.translation import gettext as _
from import_export.widgets import Widget

from accounts.imports.days import read_day
from accounts.models import User
from portal.sheets.problems import quote

YES = {"true", "yes", "y", "1"}
NO = {"false", "no", "n", "0"}
NAMES_SHOWN = 10
EXAMPLE_PHONE = "+44 20 7946 0958"


class TextCell(Widget):
    """Text as the model's field keeps it."""

    def __init__(self, field: Any) -> None:
        super().__init__()
        self.field = field

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = self.field.to_python(value.strip())
        if self.field.max_length and len(text) > self.field.max_length:
            raise ValueError(
                _("The text has %(length)s characters; at most %(most)s are kept.")
                % {"length": len(text), "most": self.field.max_length}
            )
        return text

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return str(value or "")


class UsernameCell(TextCell):
    """In the normal form that a User gets when it is saved."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        return super().clean(User.normalize_username(value), row, **kwargs)


class EmailCell(TextCell):
    """As Django makes them: the part after the @ is in lower case."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = super().clean(value, row, **kwargs)
        return User.objects.normalize_email(text)


class FlagCell(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> bool:
        text = value.strip().lower()
        if text in YES or text in NO:
            return text in YES
        raise ValueError(
            _("%s is neither yes nor no; write true or false, yes or no, 1 or 0.")
            % quote(value)
        )

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return "" if value is None else str(bool(value)).lower()


class DateCell(Widget):
    def clean(self, value: str, row: Any = None, **kwargs: Any) -> date | None:
        return read_day(value) if value.strip() else None

    def render(self, value: date | None, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


class PhoneCell(Widget):
    """A number that can be called, kept as E.164: `+442079460958`."""

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> str:
        text = value.strip()
        if not text:
            return ""
        try:
            number = phonenumbers.parse(text, settings.PHONENUMBER_DEFAULT_REGION)
        except phonenumbers.NumberParseException:
            number = None
        # Asked once: it is most of what a row of an import costs.
        if number is None or not phonenumbers.is_valid_number(number):
            raise ValueError(
                _("%(text)s is no phone number; write it with its country, %(like)s.")
                % {"text": quote(value), "like": EXAMPLE_PHONE}
            )
        if number.extension:
            raise ValueError(_("An extension cannot be kept; put it into the notes."))
        return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        if not value or isinstance(value, str):
            return value or ""
        return value.as_e164 if value.is_valid() else str(value.raw_input)


class NameCell(Widget):
    """One of a small table's rows, by the text that people know it by."""

    def __init__(self, model: type[models.Model], field: str) -> None:
        super().__init__()
        self.model, self.field = model, field

    @cached_property
    def choices(self) -> dict[str, Any]:
        """Name → row. Resources copy their widgets, so each import reads them once."""
        rows = self.model._default_manager.all()
        return {getattr(row, self.field): row for row in rows}

    @cached_property
    def _folded(self) -> dict[str, Any]:
        return {name.casefold(): row for name, row in self.choices.items()}

    def clean(self, value: str, row: Any = None, **kwargs: Any) -> Any:
        field: Any = self.model._meta.get_field(self.field)
        name = field.to_python(value)
        if not name:
            return None
        found = self.choices.get(name) or self._folded.get(name.casefold())
        if found is None:
            raise ValueError(self._unknown(name))
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return getattr(value, self.field) if value else ""

    def _unknown(self, name: str) -> str:
        text = _("There is no %(what)s %(name)s.") % {
            "what": self.model._meta.verbose_name,
            "name": quote(name),
        }
        known = list(self.choices)
        if close := get_close_matches(name, known, n=1):
            return f"{text} " + _("Did you mean %s?") % quote(close[0])
        if not known:
            return f"{text} " + _("None has been made yet.")
        listed = ", ".join(known[:NAMES_SHOWN])
        more = "…" if len(known) > NAMES_SHOWN else ""
        return f"{text} " + _("Known: %s.") % f"{listed}{more}"
