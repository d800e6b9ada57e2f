"""People as rows of a file, read without making an object of each."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from io import TextIOWrapper
from typing import IO, Any

from django.db.models import Q, TextField
from django.db.models.functions import Cast
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.imports.cells import NameCell, PhoneCell
from accounts.imports.columns import COLUMNS
from accounts.imports.fixture import FIXTURE
from accounts.imports.fixture.export import write_fixture
from accounts.imports.sight import sight_of, still_sees
from accounts.models import User
from accounts.policy import (
    VIEW_PEOPLE,
    hidden_fields,
    hidden_of_oneself,
    people_within,
    reach_of,
)
from accounts.reach import EVERYWHERE
from accounts.resources import PersonResource
from portal.models import ExportJob
from portal.sheets import SheetError, SheetFormat, save_sheet

EXPORT_RIGHT = "accounts.export_user"
NOT_ALL = gettext_lazy(
    "A fixture holds everything of people, and you may not see everybody, or not "
    "everything. Choose another format."
)


def exportable(user: Any) -> Q:
    """A filter of users: those whom this person sees, and may take along."""
    return people_within(user) & people_within(user, EXPORT_RIGHT)


def may_export_all(user: Any) -> bool:
    """Whether nobody and nothing of people is kept from this person, as a fixture
    needs it."""
    reaches = (reach_of(user, right) for right in (VIEW_PEOPLE, EXPORT_RIGHT))
    return not hidden_fields(user) and all(each is EVERYWHERE for each in reaches)


class PeopleExport:
    target = "accounts.user"

    def may_export(self, user: Any) -> bool:
        may_view = user.has_perm("accounts.view_user")
        return (
            user.is_staff
            and user.has_perm(EXPORT_RIGHT)
            and (may_view or user.has_perm("accounts.change_user"))
        )

    def may_take(self, user: Any, job: ExportJob) -> bool:
        return still_sees(user, job.sight, EXPORT_RIGHT)

    def save(
        self, target: IO[bytes], job: ExportJob, batches: Iterable[list[int]]
    ) -> int:
        owner: Any = job.owner
        job.sight = sight_of(owner, EXPORT_RIGHT)
        if job.format == FIXTURE:
            if not may_export_all(owner):
                raise SheetError.about(str(NOT_ALL))
            text = TextIOWrapper(target, encoding="utf-8")
            count = write_fixture(batches, text)
            text.detach()
            return count
        hidden = hidden_fields(owner)
        columns = [column for column in job.columns if column not in hidden]
        if not columns:
            raise SheetError.about(_("You may see none of these columns any more."))
        within = exportable(owner)
        if not hidden_of_oneself(owner).isdisjoint(columns):
            # An empty cell would say that there is nothing.
            within &= ~Q(pk=owner.pk)
        rows = PeopleRows(columns, batches, within)
        save_sheet(target, SheetFormat(job.format), rows.columns, rows)
        return rows.count


class PeopleRows:
    """The people with these keys; their cells stand in the order of `COLUMNS`, and are
    the texts that `PersonResource` exports."""

    def __init__(
        self,
        columns: Sequence[str],
        batches: Iterable[list[int]],
        within: Q | None = None,
    ) -> None:
        """`within` leaves out whom the reader of the file may not see."""
        self.columns = [column for column in COLUMNS if column in columns]
        self.count = 0
        self._batches, self._within = batches, within or Q()
        self._paths, self._texts = zip(*map(_reading, self.columns), strict=True)

    def __iter__(self) -> Iterator[list[str]]:
        for keys in self._batches:
            people = User.objects.filter(pk__in=keys).filter(self._within)
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
