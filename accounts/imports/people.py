"""People from files: the kind of import that `portal.imports` checks and commits."""

from itertools import batched, islice
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from accounts.imports.checking import Checker
from accounts.imports.clashes import find_clashes
from accounts.imports.committing import commit_rows
from accounts.imports.counting import count_rows
from accounts.imports.fixture import FIXTURE
from accounts.imports.fixture.job import check_fixture, commit_fixture
from accounts.imports.naming import name_people
from accounts.imports.options import ImportOptions
from accounts.imports.reaching import IMPORT_RIGHT, refuse_hidden, refuse_partial
from accounts.imports.sight import sight_of
from portal.imports.kinds import JobRefused
from portal.imports.lease import Lease
from portal.imports.rows import add_rows
from portal.imports.storage import StoredFileError, stored_file
from portal.models import ImportJob
from portal.sheets import Limits, OpenSheet, Reading, SheetError, open_sheet

MIB = 1024 * 1024
# Rows in one transaction of the check, and in one question to the database.
CHUNK = 2000


class PeopleImport:
    target = "accounts.user"

    def problem_with(self, owner: Any) -> str:
        if owner is None or not owner.is_active:
            return _("Whoever ordered it has no account any more.")
        if not owner.has_perm(IMPORT_RIGHT):
            return _("%s may no longer import people.") % owner
        return ""

    def check(self, job: ImportJob, lease: Lease, owner: Any) -> None:
        try:
            path = stored_file(job)
            if job.format == FIXTURE:
                refuse_partial(owner)
                check_fixture(job, lease, owner, path, limits())
                return
            with open_sheet(path, job.file_name, limits(), reading_of(job)) as sheet:
                _check_sheet(job, lease, owner, sheet)
        except StoredFileError as error:
            raise JobRefused(str(error)) from error
        except SheetError as error:
            raise JobRefused(str(error)) from error

    def commit(self, job: ImportJob, lease: Lease, owner: Any) -> None:
        if job.format == FIXTURE:
            refuse_partial(owner)
            commit_fixture(job, lease, owner)
        else:
            commit_rows(job, lease, owner)


PEOPLE = PeopleImport()


def limits() -> Limits:
    return Limits(
        bytes=settings.IMPORT_MAX_MIB * MIB,
        rows=settings.IMPORT_MAX_ROWS,
        seconds=settings.IMPORT_MAX_MINUTES * 60,
    )


def reading_of(job: ImportJob) -> Reading:
    return Reading(**job.reading)


def _check_sheet(job: ImportJob, lease: Lease, owner: Any, sheet: OpenSheet) -> None:
    """Goes on behind the rows that are there, if a worker was killed at it."""
    options = ImportOptions.from_json(job.options)
    if len(options.columns) != len(sheet.columns):
        raise JobRefused(_("The file has other columns now. Choose them again."))
    refuse_hidden(options, owner)
    checker = Checker(options, owner)
    for rows in batched(islice(sheet.rows(), job.done, None), CHUNK):
        checked = checker.check(rows)
        with transaction.atomic():
            add_rows(job.pk, checked)
            done = job.done + len(checked)
            lease.keep(done=done, total=_expected(done, sheet))
    if options.username_template:
        name_people(job, lease)
    with transaction.atomic():
        lease.lock()
        find_clashes(job)
        # Without an owner it is a look from the shell.
        details = {**job.details, "sight": sight_of(owner)} if owner else job.details
        counts = count_rows(job)
        lease.end(ImportJob.State.READY, total=job.done, details=details, **counts)


def _expected(done: int, sheet: OpenSheet) -> int:
    """How many rows there will be, by how much of the file they were read from."""
    share = sheet.share_read
    return round(done / share) if share else done
