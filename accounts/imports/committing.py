"""Writes what was reviewed: set by set, in one transaction and one change set.

The values come from the import rows, so that Python never sees them. Before the
transaction they are laid out in a temporary table, which keeps nobody waiting; inside
it, it is asked once more whether the people are those who were looked at.
"""

from collections.abc import Iterator
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.imports import staging, writing
from accounts.imports.clashes import find_clashes
from accounts.imports.counting import count_rows
from accounts.imports.drift import find_drift, lock_people, put_down
from accounts.imports.invited import invite_people
from accounts.imports.options import ImportOptions
from accounts.imports.reaching import refuse_hidden
from accounts.imports.sql import READERS, fetch_keys
from accounts.imports.staging import STAGE, Stage
from accounts.models import User
from portal.history.acts import change_set
from portal.imports.kinds import JobRefused
from portal.imports.lease import Lease
from portal.models import ChangeSet, ImportJob
from portal.sqlite import roomy_cache
from readers.models import Reader

# Somebody may take a name between two attempts; more often than this is no accident.
ATTEMPTS = 3


class Drifted(Exception):
    """Not all rows can be written any more, and all or none was asked for."""

    def __init__(self, found: dict[int, str]) -> None:
        super().__init__()
        self.found = found


def commit_rows(job: ImportJob, lease: Lease, owner: Any) -> None:
    """Write the job's rows and its end, or neither."""
    if job.error_count and not job.good_rows_only:
        raise JobRefused(_("Correct the rows in error, or import the good rows only."))
    refuse_hidden(ImportOptions.from_json(job.options), owner)
    for _attempt in range(ATTEMPTS):
        try:
            with roomy_cache(), staging.made(job) as stage, transaction.atomic():
                lease.lock()
                _commit(job, lease, owner, stage)
            return
        except Drifted as drifted:
            return _go_back(job, lease, drifted.found)
        except IntegrityError:
            # Somebody took a name, an address or a card that was free: say whose.
            with transaction.atomic():
                before = count_rows(job)["error_count"]
                find_clashes(job)
                lease.keep()
            if count_rows(job)["error_count"] == before:
                break
            if not job.good_rows_only:
                return _go_back(job, lease, {})
    raise JobRefused(_("Its rows cannot be written together. Check the file again."))


def _commit(job: ImportJob, lease: Lease, owner: Any, stage: Stage) -> None:
    with change_set(
        kind=ChangeSet.Kind.IMPORT,
        actor=owner,
        reason=job.reason,
        subject=job.file_name,
        origin=job.origin,
    ) as act:
        lock_people()
        if drift := find_drift(owner):
            if not job.good_rows_only:
                raise Drifted(drift)
            put_down(drift)
            stage.take_out(list(drift))
        stage.number_people()
        writing.change_people(stage.given())
        writing.create_people()
        writing.create_readers()
        act.touch(User, stage.user_ids())
        act.touch(Reader, _reader_ids())
    lease.end(
        ImportJob.State.DONE,
        change_set=act.recorded,
        done=job.total,
        **count_rows(job),
    )
    invite_people(job, owner)


def _reader_ids() -> Iterator[int]:
    return fetch_keys(
        f"SELECT p.id FROM {STAGE} s JOIN {READERS} p ON p.user_id = s.user_id"
    )


def _go_back(job: ImportJob, lease: Lease, found: dict[int, str]) -> None:
    """To the review, with what has changed: nothing was written."""
    with transaction.atomic():
        put_down(found)
        counts = count_rows(job)
        text = ngettext(
            "Nothing was imported: people changed after the check, and %(count)s row "
            "can no longer be written. Check the file again, or import the good rows "
            "only.",
            "Nothing was imported: people changed after the check, and %(count)s rows "
            "can no longer be written. Check the file again, or import the good rows "
            "only.",
            counts["error_count"],
        )
        lease.end(
            ImportJob.State.READY,
            error=text % {"count": f"{counts['error_count']:,}"},
            **counts,
        )
