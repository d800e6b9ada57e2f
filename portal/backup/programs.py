"""PostgreSQL's own programs, which must not be older than the server."""

import os
import re
import shutil
import subprocess  # nosec B404
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from django.db import connection
from psycopg.conninfo import make_conninfo
from psycopg.pq import Conninfo

from portal.backup.problems import BackupError

FOLDER = Path("/usr/lib/postgresql")
NEEDED = (
    "Install PostgreSQL's client programs, of the server's version or newer (on "
    "Debian: apt install postgresql-client)."
)


def find_program(name: str, *, at_least: int) -> str:
    """The first on the PATH, or below /usr/lib/postgresql, of this version or newer."""
    versions = {path: _major(path) for path in _candidates(name)}
    for path, version in versions.items():
        if version >= at_least:
            return path
    if not versions:
        raise BackupError(f"{name} was not found. {NEEDED}")
    raise BackupError(
        f"{name} is of version {max(versions.values())}, and the server or the backup "
        f"of version {at_least}. {NEEDED}"
    )


def address() -> tuple[str, dict[str, str]]:
    """How such a program reaches our database; the password is in the environment,
    for the command line is for everybody to read."""
    known = {option.keyword.decode() for option in Conninfo.get_defaults()}
    given = connection.get_connection_params()
    values: dict[str, Any] = {key: given[key] for key in given if key in known}
    password = values.pop("password", None)
    environment = dict(os.environ)
    if password:
        environment["PGPASSWORD"] = str(password)
    return make_conninfo(**values), environment


def error_of(process: subprocess.CompletedProcess[bytes]) -> str:
    lines = process.stderr.decode(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"exit status {process.returncode}"


def _candidates(name: str) -> Iterator[str]:
    if found := shutil.which(name):
        yield found
    yield from map(str, sorted(FOLDER.glob(f"*/bin/{name}"), reverse=True))


@cache
def _major(path: str) -> int:
    said = subprocess.run(  # nosec B603
        [path, "--version"], check=False, capture_output=True, text=True
    )
    found = re.search(r"\(PostgreSQL\) (\d+)", said.stdout)
    return int(found[1]) if found else 0
