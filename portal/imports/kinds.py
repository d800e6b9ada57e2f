"""What can be imported. The apps register their kinds when they are ready."""

from typing import Any, Protocol

from portal.imports.lease import Lease
from portal.models import ImportJob


class ImportKind(Protocol):
    """How the files of one target are checked and committed.

    Both may be called again for the same job, after a worker was killed: `check` goes
    on behind the rows that are there, and `commit` is one transaction with the job's
    end. Both raise `JobRefused` with what to tell, and let the lease's own pass.
    """

    target: str

    def problem_with(self, owner: Any) -> str:
        """Why this person may not import now; "" when they may."""
        ...

    def check(self, job: ImportJob, lease: Lease, owner: Any) -> None:
        """Make the job's rows, and the job READY."""
        ...

    def commit(self, job: ImportJob, lease: Lease, owner: Any) -> None:
        """Write the job's rows, and make the job DONE."""
        ...


class JobRefused(Exception):
    """The file or its options cannot be used, or no longer; the message is shown."""


_kinds: dict[str, ImportKind] = {}


def register(kind: ImportKind) -> None:
    _kinds[kind.target] = kind


def kind_of(job: ImportJob) -> ImportKind:
    return _kinds[job.target]
