"""People as rows of a file, read without making an object of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import IO, Any

from django.db.models import TextField
from django.db.models.functions import Cast

from accounts.imports.cells import NameCell, PhoneCell
from accounts.imports.columns import COLUMNS
from accounts.imports.fixture import FIXTURE
from accounts.imports.fixture.export import write_fixture
from accounts.models import User
from accounts.resources import PersonResource
from portal.models import ExportJob
from portal.sheets import SheetFormat, save_sheet


class PeopleExport:
    target = "accounts.user"

    def may_export(self, user: Any) -> bool:
        may_view = user.has_perm("accounts.view_user")
        return (
            user.is_staff
            and user.has_perm("accounts.export_user")
            and (may_view or user.has_perm("accounts.change_user"))
        )

    def save(
        self, target: IO[bytes], job: ExportJob, batches: Iterable[list[int]]
    ) -> int:
        if job.format == FIXTURE:
            text = TextIOWrapper(target, encoding="utf-8")
            count = write_fixture(batches, text)
            text.detach()
            return count
        rows = PeopleRows(job.columns, batches)
        save_sheet(target, SheetFormat(job.format), rows.columns, rows)
        return rows.count


class PeopleRows:
    """The people with these keys; their cells stand in the order of `COLUMNS`, and are
    the texts that `PersonResource` exports."""

    def __init__(self, columns: Sequence[str], batches: Iterable[list[int]]) -> None:
        self.columns = [column for column in COLUMNS if column in columns]
        self.count = 0
        self._batches = batches
        self._paths, self._texts = zip(*map(_reading, self.columns), strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        for keys in self._batches:
            people = User.objects.filter(pk__in=keys)
            found = {
                key: values
                for key, *values in people.order_by().values_list("pk", *self._paths)
            }
            self.count += len(found)
            for key in keys:
                if key in found:
                    yield self._row(found[key])

    def _row(self, values: list[Any]) -> list[str]:
        pairs = zip(self._texts, values, strict=True)
        return [text(value) for text, value in pairs]


def _reading(column: str) -> tuple[Any, Callable[[Any], str]]:
    """Where a column's value is, from the User; and how it becomes a text."""
    field = PersonResource.fields[column]
    if isinstance(field.widget, NameCell):
        return f"{field.attribute}__{field.widget.field}", _text
    if isinstance(field.widget, PhoneCell):
        # Kept in the database as it is exported, in E.164 or as it was typed; the
        # field would take each number apart.
        return Cast(field.attribute, TextField()), _text
    return field.attribute, field.widget.render


def _text(value: Any) -> str:
    return str(value) if value else ""
