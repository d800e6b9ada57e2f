"""Loads a dump of pg_dump over our own connection, inside our own transaction.

`pg_restore` by itself would commit, or stop in the middle, where nobody can look at
what it did before everybody sees it.
"""

import re
import subprocess  # nosec B404
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.db import connection

from portal.backup.problems import BackupError, OnStep

COPY = re.compile(rb"COPY (\S+) .*FROM stdin;\n")
END = b"\\.\n"
# Settings of psql's session: ours has its own, and a newer program names some that an
# older server does not know.
OF_THE_SESSION = re.compile(
    rb"SET \w+ = .*;\n"
    rb"|SELECT pg_catalog\.set_config\('search_path'.*\n"
    rb"|\\(un)?restrict .*\n"
)


def load(program: str, source: Path, on_step: OnStep) -> None:
    with subprocess.Popen(  # nosec B603
        [program, "--no-owner", "--no-privileges", "--file=-", str(source)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        _run(process.stdout, on_step)
        said = process.stderr.read().decode(errors="replace").strip()
    if process.returncode:
        raise BackupError(f"The dump cannot be read: {said or process.returncode}.")


def _run(script: Iterable[bytes], on_step: OnStep) -> None:
    """Statements are gathered up to the next table's rows, then run together."""
    lines = iter(script)
    text: list[bytes] = []
    for line in lines:
        if found := COPY.fullmatch(line):
            _execute(text)
            on_step(f"Loading {found[1].decode()}", 0, 0)
            _copy(line, lines)
        elif not OF_THE_SESSION.fullmatch(line):
            text.append(line)
    on_step("Making the indexes", 0, 0)
    _execute(text)


def _execute(text: list[bytes]) -> None:
    with connection.cursor() as cursor:
        cursor.cursor.execute(b"".join(text))
    text.clear()


def _copy(statement: bytes, lines: Iterator[bytes]) -> None:
    with (
        connection.cursor() as cursor,
        cursor.cursor.copy(statement) as target,
    ):
        for line in lines:
            if line == END:
                return
            target.write(line)
    raise BackupError("The dump ends in the middle of a table.")
