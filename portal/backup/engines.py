"""What differs between the databases."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Protocol

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

from portal.backup import postgresql, sqlite
from portal.backup.problems import OnStep

# Writes the database to a file, and gives a connection that sees the same moment.
type Snapshot = Callable[[Path, OnStep], AbstractContextManager[BaseDatabaseWrapper]]


class Engine(Protocol):
    def snapshot(
        self, target: Path, on_step: OnStep
    ) -> AbstractContextManager[BaseDatabaseWrapper]: ...

    def others(self) -> list[str]:
        """Who else uses the database now, in words."""
        ...

    def taking_over(
        self, source: Path, keep_old: Callable[[Snapshot], None], on_step: OnStep
    ) -> AbstractContextManager[None]:
        """Inside, the default connection shows what `source` holds; when that ends
        well, everybody sees it, and when it does not, nothing has happened.

        `keep_old` is called when nobody else can write any more.
        """
        ...

    def problems(self) -> list[str]:
        """What the database itself finds wrong with what the connection shows."""
        ...

    def version(self) -> str: ...


def engine() -> Engine:
    if connection.vendor == "sqlite":
        return sqlite
    return postgresql
