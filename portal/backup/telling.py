"""What the commands show."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from pathlib import Path

from django.template.defaultfilters import filesizeformat
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from portal.backup.manifest import Manifest
from portal.backup.problems import OnStep


@contextmanager
def progress_bar() -> Iterator[OnStep]:
    console = Console(stderr=True)
    with Progress(console=console, disable=not sys.stderr.isatty()) as progress:
        task = progress.add_task("Starting", total=None)
        yield lambda name, done, total: progress.update(
            task, description=name, completed=done, total=total or None
        )


def size_of(path: Path) -> str:
    return filesizeformat(path.stat().st_size).replace("\xa0", " ")


def manifest_table(manifest: Manifest) -> str:
    table = Table(show_header=False)
    table.add_row("Made at", manifest.made_at)
    table.add_row("Database", f"{manifest.engine} {manifest.engine_version}")
    table.add_row("Rows", f"{sum(manifest.rows.values()):,}")
    table.add_row("Waiting files", f"{len(manifest.parts) - 1:,}")
    table.add_row("Head of history", manifest.head or "none")
    text = StringIO()
    Console(file=text, width=100).print(table)
    return text.getvalue()
