"""The resource of people: one row carries a User and its Reader.

It names the columns, what their cells may hold, and how an export writes them. What
a blank cell means is told in `accounts.imports.columns`. Rights, staff flags and
passwords have no column.
"""

from typing import Any, Never

from import_export.fields import Field
from import_export.resources import ModelResource

from accounts.imports.cells import (
    DateCell,
    EmailCell,
    FlagCell,
    NameCell,
    PhoneCell,
    TextCell,
    UsernameCell,
)
from accounts.imports.columns import COLUMNS, KEY
from accounts.models import User
from readers.models import Branch, Category, Reader


def _user_field(name: str, cell: type[TextCell] = TextCell) -> Field:
    return Field(name, name, cell(User._meta.get_field(name)))


def _reader_field(name: str, widget: Any = None) -> Field:
    cell = widget or TextCell(Reader._meta.get_field(name))
    return Field(f"reader__{name}", name, cell)


class PersonResource(ModelResource):
    """Columns, cells and export of people."""

    username = _user_field("username", UsernameCell)
    email = _user_field("email", EmailCell)
    first_name = _user_field("first_name")
    last_name = _user_field("last_name")
    is_active = Field("is_active", "is_active", FlagCell())
    card_number = _reader_field("card_number")
    category = _reader_field("category", NameCell(Category, "name"))
    branch = _reader_field("branch", NameCell(Branch, "code"))
    phone = _reader_field("phone", PhoneCell())
    birth_date = _reader_field("birth_date", DateCell())
    joined_on = _reader_field("joined_on", DateCell())
    expires_on = _reader_field("expires_on", DateCell())
    notes = _reader_field("notes")

    class Meta:
        model = User
        fields = COLUMNS
        import_id_fields = (KEY,)

    def import_data(self, *args: Any, **kwargs: Any) -> Never:
        """Its row-by-row driver asks nobody's rights and cannot be looked at first."""
        raise NotImplementedError("People are imported by accounts.imports.people.")
