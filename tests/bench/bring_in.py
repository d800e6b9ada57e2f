"""Files of people, and their way through the import's own steps."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from accounts.demo.lists import Recipe, Row, rows
from accounts.demo.people import BRANCHES, CATEGORIES
from accounts.imports.columns import COLUMNS
from accounts.imports.options import ColumnChoice, ImportOptions
from portal.imports.jobs import open_job, order_check, order_commit
from portal.imports.work import carry_on
from portal.models import ImportJob
from portal.sheets import SheetFormat, save_sheet
from readers.models import Branch, Category
from tests.bench.timing import seconds

OPTIONS = ImportOptions(tuple(ColumnChoice(name, name) for name in COLUMNS)).to_json()


@dataclass(frozen=True)
class Took:
    job: ImportJob
    check: float
    commit: float

    @property
    def both(self) -> float:
        return self.check + self.commit


def make_places() -> None:
    for code, name in BRANCHES.items():
        Branch.objects.create(code=code, name=name)
    for name, (loan_period, *_rest) in CATEGORIES.items():
        Category.objects.create(name=name, loan_period=loan_period)


def new_people(seed: int, count: int) -> Iterator[Row]:
    return rows(Recipe(seed, list(BRANCHES), list(CATEGORIES)), count)


def changed_people(seed: int, count: int) -> Iterator[Row]:
    """The same people, each with another phone number and another note."""
    return rows(replace(Recipe(seed), updates=1, known=new_people(seed, count)), count)


def save(path: Path, people: Iterator[Row]) -> Path:
    with path.open("wb") as target:
        texts = (list(row.values()) for row in people)
        save_sheet(target, SheetFormat.XLSX, COLUMNS, texts)
    return path


def bring_in(path: Path, owner: Any) -> Took:
    """From the upload on; raises RuntimeError when it does not go well."""
    jobs: list[ImportJob] = []
    check = seconds(lambda: jobs.append(_check(path, owner)))
    [job] = jobs
    commit = seconds(lambda: _commit(job))
    job.refresh_from_db()
    if job.state != ImportJob.State.DONE or job.error_count:
        raise RuntimeError(f"{job.get_state_display()}: {job.error}")
    return Took(job, check, commit)


def _check(path: Path, owner: Any) -> ImportJob:
    with path.open("rb") as file:
        job = open_job("accounts.user", owner=owner, file_name=path.name, file=file)
    job.update(options=OPTIONS, format=SheetFormat.XLSX.value)
    order_check(job, enqueue=False)
    carry_on(job.pk)
    job.refresh_from_db()
    return job


def _commit(job: ImportJob) -> None:
    order_commit(job, good_rows_only=False, enqueue=False)
    carry_on(job.pk)
