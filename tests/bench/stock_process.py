"""The stock import of files, in a process and a database of its own.

In ours, the portal's history would take the stock models for its own.
`python -m tests.bench.stock_process FILE …` tells the seconds of each.
"""

import os
import subprocess
import sys
from pathlib import Path

import django


def stock_seconds(paths: list[Path]) -> list[float]:
    command = [sys.executable, "-m", "tests.bench.stock_process", *map(str, paths)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return [float(line) for line in done.stdout.split()]


def main(paths: list[str]) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # They need the set-up.
    from accounts.demo.people import BRANCHES, CATEGORIES
    from tests.bench.database import test_database
    from tests.bench.timing import seconds

    with test_database("stock"):
        # What follows a migration would look for our columns in its models.
        from tests.bench import stock_import

        stock_import.make_tables([*BRANCHES, *CATEGORIES])
        for path in paths:
            data = Path(path).read_bytes()
            print(seconds(lambda d=data: stock_import.preview_and_confirm(d)))


if __name__ == "__main__":
    main(sys.argv[1:])
