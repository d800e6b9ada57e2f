"""The resource of people: one row carries a User and its Reader.

Column by column, and what a blank cell means, it is told in `accounts.imports.columns`,
from which the import page takes its help. A column that is missing leaves its field
alone. Rights, staff flags and passwords have no column.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from import_export.fields import Field
from tablib import Dataset

from accounts.imports.cells import (
    DateCell,
    EmailCell,
    FlagCell,
    NameCell,
    PhoneCell,
    TextCell,
)
from accounts.imports.columns import (
    COLUMNS,
    KEPT_WHEN_BLANK,
    KEY,
    READER_COLUMNS,
    USER_COLUMNS,
)
from accounts.imports.loader import PersonLoader
from accounts.imports.register import PeopleRegister
from accounts.imports.rights import RowRights
from accounts.imports.validation import clean_reader, clean_user
from accounts.models import User
from accounts.passwords import unusable_password
from portal.imports.resource import ReviewedResource
from readers.models import Branch, Category, Reader


def _user_field(name: str, cell: type[TextCell] = TextCell) -> Field:
    return Field(name, name, cell(User._meta.get_field(name)))


def _reader_field(name: str, widget: Any = None) -> Field:
    cell = widget or TextCell(Reader._meta.get_field(name))
    return Field(f"reader__{name}", name, cell)


class PersonResource(ReviewedResource):
    """Give it the actor, or nobody's rights are asked and nothing should be written."""

    username = _user_field("username")
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
        instance_loader_class = PersonLoader
        skip_diff = True
        report_skipped = True

    def __init__(self, actor: Any = None, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.actor = actor

    def before_import(self, dataset: Dataset, **kwargs: Any) -> None:
        """Ask the database once for what would else be asked for every row."""
        self.rights = RowRights(self.actor)
        self.register = PeopleRegister(
            names=_cells(dataset, KEY),
            emails=_cells(dataset, "email"),
            cards=_cells(dataset, "card_number"),
        )

    # For each row, in the order in which import-export asks:

    def before_import_row(self, row: dict[str, str], **kwargs: Any) -> None:
        if not row[KEY].strip():
            raise ValidationError({KEY: _("The row names nobody.")})
        problem = self.register.problem_with_repetition(row[KEY], self.row_number)
        if problem:
            raise ValidationError({KEY: problem})

    def after_init_instance(
        self, instance: User, new: bool, row: dict[str, str], **kwargs: Any
    ) -> None:
        if problem := self.rights.problem_with_seeing(instance):
            raise ValidationError({KEY: problem})
        self.before = dict.fromkeys(COLUMNS, "") if new else self.texts_of(instance)
        if new:
            instance.password = unusable_password()
        if getattr(instance, "reader", None) is None:
            # Hangs on the User, so that the signal saves it and makes no other.
            Reader(user=instance)

    def import_instance(
        self, instance: User, row: dict[str, str], **kwargs: Any
    ) -> None:
        errors: dict[str, Any] = {}
        try:
            super().import_instance(instance, row, **kwargs)
        except ValidationError as error:
            errors = {
                attribute.removeprefix("reader__"): messages
                for attribute, messages in error.error_dict.items()
            }
        self._claim("email", instance.email, instance, errors)
        self._claim("card_number", instance.reader.card_number, instance, errors)
        if errors:
            raise ValidationError(errors)

    def import_field(
        self,
        field: Field,
        instance: User,
        row: dict[str, str],
        is_m2m: bool = False,
        **kwargs: Any,
    ) -> None:
        column = field.column_name
        cell = row.get(column)
        # What stands there already is not read anew: an export comes back exactly.
        if cell is None or cell == self.before[column]:
            return
        if column in KEPT_WHEN_BLANK and not cell.strip():
            return
        if column == KEY and instance.pk:
            return
        super().import_field(field, instance, row, is_m2m, **kwargs)

    def skip_row(
        self,
        instance: User,
        original: Any,
        row: dict[str, str],
        import_validation_errors: dict[str, Any] | None = None,
    ) -> bool:
        self.changes = self.changes_of(instance)
        return not (
            self.changes or instance.reader._state.adding or import_validation_errors
        )

    def validate_instance(
        self,
        instance: User,
        import_validation_errors: dict[str, Any] | None = None,
        validate_unique: bool = True,
    ) -> None:
        if problem := self.rights.problem_with_person(
            instance, is_new=instance.pk is None
        ):
            raise ValidationError({KEY: problem})
        errors = dict(import_validation_errors or {})
        clean_user(instance, errors)
        clean_reader(instance.reader, errors)
        if errors:
            raise ValidationError(errors)

    def do_instance_save(self, instance: User, is_create: bool) -> None:
        """Save what changed; a new User's Reader is saved by the signal."""
        if _needs_number(instance.reader):
            instance.reader.card_number = next(self.register.new_card_numbers)
        if is_create:
            instance.save(force_insert=True)
            return
        changed = {change.column for change in self.changes}
        if fields := changed & set(USER_COLUMNS):
            instance.save(update_fields=fields)
        if instance.reader._state.adding:
            Reader.objects.for_user(instance)
        elif fields := changed & set(READER_COLUMNS):
            instance.reader.save(update_fields=fields)

    def texts_of(self, instance: User) -> dict[str, str]:
        """A look spends no card number, so it can only say that there will be one."""
        texts = super().texts_of(instance)
        reader = getattr(instance, "reader", None)
        if reader and _needs_number(reader):
            texts["card_number"] = _("new number")
        return texts

    def _claim(
        self, column: str, value: str, instance: User, errors: dict[str, Any]
    ) -> None:
        problem = self.register.claim(
            column,
            value,
            instead_of=self.before[column],
            user=instance,
            row=self.row_number,
        )
        if problem:
            errors[column] = [ValidationError(problem)]


def _cells(dataset: Dataset, column: str) -> list[str]:
    return dataset[column] if column in dataset.headers else []


def _needs_number(reader: Reader) -> bool:
    return reader._state.adding and not reader.card_number
