"""Shows the figures in a folder: `python -m tests.security FOLDER [--write]`."""

import sys
from pathlib import Path

from tests.security.figures import kept
from tests.security.report import rows_of, show, write

SECURITY = Path(__file__).resolve().parents[2] / "SECURITY.md"


def main(folder: str, *options: str) -> None:
    rows = rows_of(kept(Path(folder)))
    show(rows)
    if "--write" in options:
        write(rows, SECURITY)


main(*sys.argv[1:])
