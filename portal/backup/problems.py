"""What keeps a backup from being made or restored, in words for whoever asked."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.db import DatabaseError

# How far a step is: its name, what is done, and how much there is (0: unknown).
type OnStep = Callable[[str, int, int], None]


class BackupError(Exception):
    """Nothing was changed; the text says why, and what to do."""


@contextmanager
def as_backup_error(doing: str) -> Iterator[None]:
    """A full disk or a closed folder is no fault of the program's."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise BackupError(f"{doing}: {error.strerror or error}{where}.") from error
    except (sqlite3.Error, DatabaseError) as error:
        raise BackupError(f"{doing}: {str(error).strip()}.") from error
