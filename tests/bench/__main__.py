"""Runs the parts, or those that are named: `python -m tests.bench [part …]`.

Each has a process and an empty database of its own.
"""

import os
import subprocess
import sys
from importlib import import_module

import django

TITLES = {
    "writes": "History: what recording costs",
    "reverts": "History: what taking back costs",
    "pages": "History: what its pages cost as it grows",
    "imports": "Imports: what a hundred thousand people cost",
    "million": "Imports: what a million people cost",
}
# Takes minutes, so it is done when it is named.
LONG = {"million"}


def run(part: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # They need the set-up.
    from django.db import connection

    from tests.bench.database import test_database
    from tests.bench.timing import show

    with test_database(part):
        ratios = import_module(f"tests.bench.{part}").ratios()
        show(f"{TITLES[part]} ({connection.vendor})", ratios)


def main(chosen: list[str]) -> None:
    if unknown := set(chosen) - set(TITLES):
        sys.exit(f"No such part: {', '.join(unknown)}. There are {', '.join(TITLES)}.")
    if len(chosen) == 1:
        return run(*chosen)
    for part in chosen or [part for part in TITLES if part not in LONG]:
        subprocess.run([sys.executable, "-m", "tests.bench", part], check=True)


main(sys.argv[1:])
