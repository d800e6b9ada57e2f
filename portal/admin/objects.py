"""The objects of a change set, as far as one may view them, page by page."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import Model

from portal.access import visible_rows
from portal.history.story import ObjectChange, entries_of
from portal.history.viewing import rows_of, viewable_models
from portal.history.words import counted
from portal.models import ChangeSet

# So many objects stand on one page, whatever their kinds.
PER_PAGE = 50
# Where they have to be counted, for somebody with limits, they are no further.
LIMIT = 10_000


@dataclass
class Tab:
    """One kind of object in a change set that is too big for one page."""

    name: str
    label: str
    number: int


@dataclass
class Objects:
    """What a page shows of a change set's objects."""

    changes: list[ObjectChange]
    # How many there are of what one may view.
    total: int
    tabs: list[Tab] = field(default_factory=list)
    chosen: str = ""
    page: Page | None = None

    @property
    def page_range(self) -> Iterable[int | str]:
        pages = self.page
        return pages.paginator.get_elided_page_range(pages.number) if pages else ()


def first_objects(change_set: ChangeSet, user: Any, limit: int) -> Objects:
    """The first ones of each kind, `limit` together."""
    numbers = _numbers(change_set, user)
    changes: list[ObjectChange] = []
    for model in numbers:
        if left := limit - len(changes):
            changes += _changes(change_set, user, {model: (0, left)})
    return Objects(changes, sum(numbers.values()))


def objects_page(
    change_set: ChangeSet, user: Any, chosen: str = "", number: Any = 1
) -> Objects:
    """All of them when they are few, else a page of those of one kind."""
    numbers = _numbers(change_set, user)
    total = sum(numbers.values())
    if total <= PER_PAGE:
        all_of_each = {model: (0, PER_PAGE) for model in numbers}
        return Objects(_changes(change_set, user, all_of_each), total)
    by_name = {model._meta.model_name or "": model for model in numbers}
    chosen = chosen if chosen in by_name else next(iter(by_name))
    model = by_name[chosen]
    page = Paginator(range(numbers[model]), PER_PAGE).get_page(number)
    start = page.start_index() - 1
    return Objects(
        _changes(change_set, user, {model: (start, start + PER_PAGE)}),
        total,
        [
            Tab(name, counted(each._meta.label, numbers[each]), numbers[each])
            for name, each in by_name.items()
        ],
        chosen,
        page,
    )


def _numbers(change_set: ChangeSet, user: Any) -> dict[type[Model], int]:
    """How many objects it has of each model that one may view, as far as one sees.

    Counted already, but for models of which one sees only some.
    """
    counts = {
        count.model: count.created_count + count.changed_count + count.deleted_count
        for count in change_set.counts.all()
        if not count.field
    }
    numbers = {}
    for model in viewable_models(user):
        number = counts.get(model._meta.label_lower)
        if number and visible_rows(user, model) is not None:
            seen = rows_of(user, model).filter(change_set=change_set).order_by()
            number = seen[:LIMIT].count()
        if number:
            numbers[model] = number
    return numbers


def _changes(
    change_set: ChangeSet, user: Any, slices: dict[type[Model], tuple[int, int]]
) -> list[ObjectChange]:
    sources = []
    for model, (start, stop) in slices.items():
        seen = rows_of(user, model)
        rows = seen.filter(change_set=change_set).order_by("history_id")
        keys = list(rows.values_list("history_id", flat=True)[start:stop])
        sources.append(rows.model._base_manager.filter(history_id__in=keys))
    [entry] = entries_of([change_set], sources, user)
    return entry.objects
