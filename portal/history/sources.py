"""What is to be taken back: one change set, or all that an actor did in a time."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import batched, groupby
from typing import Any

from django.db import models
from django.db.models import F, QuerySet, Sum

from portal.history.acts import BATCH
from portal.history.snapshot import history_model_of
from portal.history.story import CREATED, DELETED, with_neighbours
from portal.models import ChangeSet


@dataclass
class Run:
    """What a source did to one object: its first row there, and its last."""

    first: Any
    last: Any
    # The newest row in between that is not the source's: (the version before, it).
    stranger: tuple[Any, Any] | None = None

    @property
    def pk(self) -> Any:
        return pk_of(self.last)

    @property
    def came_and_went(self) -> bool:
        """Whether it was not there before, and is not there as the source left it."""
        return self.first.history_type == CREATED and self.last.history_type == DELETED


@dataclass(frozen=True)
class Source:
    """The change sets that are taken back together."""

    change_sets: QuerySet[ChangeSet]
    # Between the rows of one change set there is nobody else's.
    is_one: bool
    actor_id: int | None = None
    since: datetime | None = None
    until: datetime | None = None

    @classmethod
    def of(cls, change_set: ChangeSet) -> "Source":
        return cls(ChangeSet.objects.filter(pk=change_set.pk), is_one=True)

    @classmethod
    def of_actor(cls, actor_id: int, since: datetime, until: datetime) -> "Source":
        its = ChangeSet.objects.filter(
            actor_id=actor_id, started_at__range=(since, until)
        )
        return cls(its, False, actor_id, since, until)

    @property
    def size(self) -> int:
        """How many history rows there are to look at, without looking at them."""
        counts = F("created_count") + F("changed_count") + F("deleted_count")
        return self.change_sets.aggregate(size=Sum(counts))["size"] or 0

    def condition(self, alias: str) -> tuple[str, tuple[Any, ...]]:
        """SQL that is true of the source's history rows, and its parameters."""
        its = self.change_sets.order_by().values("pk")
        sql, parameters = its.query.sql_with_params()
        return f"{alias}.change_set_id IN ({sql})", parameters

    def rows(self, model: type[models.Model]) -> QuerySet:
        history = history_model_of(model)._base_manager
        return history.filter(change_set__in=self.change_sets.order_by().values("pk"))

    def runs(
        self, model: type[models.Model], pks: Iterable[Any] | None = None
    ) -> Iterator[list[Run]]:
        """What it did to each object of the model (or to these), some at a time."""
        pk_name = model._meta.pk.attname
        if pks is None:
            yield from self._some_runs(model, self.rows(model))
            return
        for some in batched(pks, BATCH):
            yield from self._some_runs(
                model, self.rows(model).filter(**{f"{pk_name}__in": some})
            )

    def _some_runs(
        self, model: type[models.Model], rows: QuerySet
    ) -> Iterator[list[Run]]:
        pk_name = model._meta.pk.attname
        ordered = with_neighbours(rows).order_by(pk_name, "history_id")
        by_object = (list(its) for _pk, its in groupby(ordered, pk_of))
        for some in batched(by_object, BATCH):
            runs = [Run(first=its[0], last=its[-1]) for its in some]
            if not self.is_one:
                self._find_strangers(model, runs)
            yield runs

    def _find_strangers(self, model: type[models.Model], runs: list[Run]) -> None:
        pk_name = model._meta.pk.attname
        by_pk = {run.pk: run for run in runs}
        its = self.change_sets.order_by().values("pk")
        history = history_model_of(model)._base_manager
        others = (
            history.filter(**{f"{pk_name}__in": list(by_pk)})
            .filter(history_id__gt=min(run.first.history_id for run in runs))
            .exclude(change_set__in=its)
        )
        for row in with_neighbours(others):
            run = by_pk[pk_of(row)]
            if run.first.history_id < row.history_id < run.last.history_id:
                run.stranger = (row, row)
        found = [run for run in runs if run.stranger]
        previous = history.in_bulk(
            [run.stranger[1].previous_id for run in found if run.stranger],
            field_name="history_id",
        )
        for run in found:
            if run.stranger:
                row = run.stranger[1]
                run.stranger = (previous[row.previous_id], row)


def pk_of(row: Any) -> Any:
    """The key of the object whose version `row` is."""
    return getattr(row, row.instance_type._meta.pk.attname)
