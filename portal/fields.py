"""Model fields that keep text in one normal form, however it comes in."""

import unicodedata
from typing import Any

from django.core.validators import (
    MaxLengthValidator,
    ProhibitNullCharactersValidator,
)
from django.db import models

# The code of the error that a value is somebody's already.
TAKEN = "taken"


def normalize_line(text: str) -> str:
    """Return `text` in NFC, on one line, without space at its ends or doubled."""
    return " ".join(unicodedata.normalize("NFC", text).split())


class NormalizedMixin:
    """Normalises on assignment through forms, imports, saves and bulk writes.

    `QuerySet.update()` writes what it is given. PostgreSQL refuses NUL and SQLite
    does not, so a validator refuses it for both.
    """

    def normalize(self, text: str) -> str:
        return normalize_line(text)

    def to_python(self, value: Any) -> Any:
        value = super().to_python(value)  # type: ignore[misc]
        return self.normalize(value) if isinstance(value, str) else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = super().pre_save(model_instance, add)  # type: ignore[misc]
        if isinstance(value, str):
            value = self.normalize(value)
            setattr(model_instance, self.attname, value)  # type: ignore[attr-defined]
        return value


class LineField(NormalizedMixin, models.CharField):
    """One line of text in any script."""

    default_validators = [ProhibitNullCharactersValidator()]


class CodeField(LineField):
    """A short code, kept in upper case."""

    def normalize(self, text: str) -> str:
        return super().normalize(text).upper()


class NotesField(NormalizedMixin, models.TextField):
    """Text of several lines, whose `max_length` holds outside of forms too."""

    default_validators = [ProhibitNullCharactersValidator()]

    def __init__(self, *args: Any, max_length: int, **kwargs: Any) -> None:
        kwargs["max_length"] = max_length
        super().__init__(*args, **kwargs)
        self.validators.append(MaxLengthValidator(max_length))

    def normalize(self, text: str) -> str:
        return unicodedata.normalize("NFC", text.replace("\r\n", "\n")).strip()
