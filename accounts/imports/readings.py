"""What the cells of a column mean: value, text and what is wrong."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from accounts.imports.columns import USER_COLUMNS
from accounts.models import User
from accounts.resources import PersonResource
from readers.models import Reader

# Texts remembered for each column: most columns have few, and those that have many
# do not repeat them.
REMEMBERED = 5_000


@dataclass(slots=True)
class Meaning:
    """Of one text: `value` as the tables keep it, `text` as an export writes it."""

    value: Any = None
    text: str = ""
    problems: list[str] | None = None


class ColumnReader:
    """Reads the cells of one column with the resource's own widget and field."""

    def __init__(
        self,
        column: str,
        resource: PersonResource,
        prepare: Callable[[str], str] | None = None,
    ) -> None:
        """`prepare` makes of a cell what the widget reads; it may raise ValueError."""
        self.column = column
        self._widget = resource.fields[column].widget
        model = User if column in USER_COLUMNS else Reader
        self._field: Any = model._meta.get_field(column)
        self._prepare = prepare
        self._known: dict[str, Meaning] = {}
        # The widget judges a phone number as the field would: once is enough.
        self._validates = column != "phone" and not self._field.is_relation

    def read(self, text: str) -> Meaning:
        found = self._known.get(text)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[text] = self._read(text)
        return found

    def _read(self, text: str) -> Meaning:
        try:
            if self._prepare is not None:
                text = self._prepare(text)
            value = self._widget.clean(text)
            if self._validates and value not in self._field.empty_values:
                self._field.run_validators(value)
        except ValidationError as error:
            return Meaning(problems=error.messages)
        except ValueError as error:
            return Meaning(problems=[str(error)])
        return Meaning(_stored(value), self._widget.render(value))


def _stored(value: Any) -> Any:
    """As JSON holds it, and as SQL takes it from there."""
    if isinstance(value, models.Model):
        return value.pk
    if isinstance(value, date):
        return value.isoformat()
    return value
