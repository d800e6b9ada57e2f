"""Shows the figures in a folder: `python -m tests.security FOLDER [--write]`."""

import sys
from pathlib import Path

from tests.security.figures import kept
from tests.security.report import show, table_of, write

SECURITY = Path(__file__).resolve().parents[2] / "SECURITY.md"


def main(folder: str, *options: str) -> None:
    table = table_of(kept(Path(folder)))
    show(table)
    if "--write" in options:
        write(table, SECURITY)


main(*sys.argv[1:])
