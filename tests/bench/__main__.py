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
}


def run(part: str) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # They need the set-up.
    from django.db import connection
    from django.test import utils

    from tests.bench.timing import show

    utils.setup_test_environment(debug=False)
    databases = utils.setup_databases(
        verbosity=0, interactive=False, serialized_aliases=[]
    )
    try:
        ratios = import_module(f"tests.bench.{part}").ratios()
        show(f"{TITLES[part]} ({connection.vendor})", ratios)
    finally:
        utils.teardown_databases(databases, verbosity=0)


def main(chosen: list[str]) -> None:
    if unknown := set(chosen) - set(TITLES):
        sys.exit(f"No such part: {', '.join(unknown)}. There are {', '.join(TITLES)}.")
    if len(chosen) == 1:
        return run(*chosen)
    for part in chosen or TITLES:
        subprocess.run([sys.executable, "-m", "tests.bench", part], check=True)


main(sys.argv[1:])
