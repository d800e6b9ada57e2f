"""django-import-export's resource, made to look before it acts."""

from collections.abc import Callable, Sequence
from typing import Any

from django.db import transaction
from import_export.resources import ModelResource
from import_export.results import Result, RowResult
from tablib import Dataset

from portal.imports.review import Change


class ReviewedRowResult(RowResult):
    """Also tells what changes, as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.changes: list[Change] = []


class ReviewedResource(ModelResource):
    """A dry run computes what each row would do, without a write, a signal or a
    transaction: the stock one writes and rolls back, which holds SQLite's only write
    lock. A real run is one transaction: a row in error undoes all of it.

    Subclasses set `Meta.skip_diff` and `Meta.report_skipped`, fill `before` for each
    row and `changes` when it has been read. They hold the state of the row at hand: use
    a resource for one run.
    """

    is_writing = False
    row_number = 0
    on_row: Callable[[], None] | None = None
    before: dict[str, str]
    changes: list[Change]

    @classmethod
    def get_row_result_class(cls) -> type[RowResult]:
        return ReviewedRowResult

    def import_data(
        self,
        dataset: Dataset,
        dry_run: bool = False,
        row_numbers: Sequence[int] | None = None,
        **kwargs: Any,
    ) -> Result:
        """`row_numbers` tells where in the file the rows stand; else they count up."""
        self._row_numbers = row_numbers or range(1, len(dataset) + 1)
        self.is_writing = not dry_run
        if dry_run:
            return self._run(dataset)
        with transaction.atomic():
            result = self._run(dataset)
            if result.has_validation_errors():
                transaction.set_rollback(True)
        return result

    def _run(self, dataset: Dataset) -> Result:
        result = self.import_data_inner(
            dataset,
            dry_run=not self.is_writing,
            raise_errors=False,
            using_transactions=False,
            collect_failed_rows=False,
        )
        for error in result.base_errors:
            raise error.error
        return result

    def after_import(self, dataset: Dataset, result: Result, **kwargs: Any) -> None:
        """Nothing: the stock one rewinds PostgreSQL's sequences, and what somebody
        else creates at the same moment would then clash."""

    def import_row(
        self, row: dict[str, str], instance_loader: Any, **kwargs: Any
    ) -> RowResult:
        self.row_number = self._row_numbers[kwargs["row_number"] - 1]
        self.changes = []
        result = super().import_row(row, instance_loader, **kwargs)
        if result.errors:
            # Not the row's fault: a mistake in the code, or the database refused.
            raise result.errors[0].error
        if self.on_row:
            self.on_row()
        return result

    def texts_of(self, instance: Any) -> dict[str, str]:
        """Column → the text that an export would write."""
        return dict(
            zip(self.get_export_headers(), self.export_resource(instance), strict=True)
        )

    def changes_of(self, instance: Any) -> list[Change]:
        return [
            Change(column, self.before[column], text)
            for column, text in self.texts_of(instance).items()
            if text != self.before[column]
        ]

    def save_instance(
        self, instance: Any, is_create: bool, row: dict[str, str], **kwargs: Any
    ) -> None:
        if self.is_writing:
            self.do_instance_save(instance, is_create)

    def after_import_row(
        self, row: dict[str, str], row_result: RowResult, **kwargs: Any
    ) -> None:
        row_result.changes = self.changes
