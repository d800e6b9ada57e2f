"""What can be exported. The apps register their kinds when they are ready."""

from collections.abc import Iterable
from typing import IO, Any, Protocol

from portal.models import ExportJob


class ExportKind(Protocol):
    """How the rows of one target are written."""

    target: str

    def may_export(self, user: Any) -> bool:
        """Whether this person may take such a file along now; asked at the order, when
        the worker begins, and at each download."""
        ...

    def may_take(self, user: Any, job: ExportJob) -> bool:
        """Whether this person may still see all that is in the file."""
        ...

    def save(
        self, target: IO[bytes], job: ExportJob, batches: Iterable[list[int]]
    ) -> int:
        """Write the file, and tell how many rows it has, with nothing that its owner
        may not see by now; note in `job.sight` how far that was. `batches` are the
        keys of its rows in their order, to be walked through once; what is gone
        meanwhile is left out. Raises SheetError for what the format cannot hold."""
        ...


_kinds: dict[str, ExportKind] = {}


def register(kind: ExportKind) -> None:
    _kinds[kind.target] = kind


def kind_of(job: ExportJob) -> ExportKind:
    return _kinds[job.target]


def may_export_anything(user: Any) -> bool:
    return any(kind.may_export(user) for kind in _kinds.values())
