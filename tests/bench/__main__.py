"""Runs each part in a database of its own: `python -m tests.bench [part …]`."""

import os
import sys

import django
from django.db import connection
from django.test.utils import (
    setup_databases,
    setup_test_environment,
    teardown_databases,
)

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

# Models of the portal, so only after the set-up.
from tests.bench import pages, writes  # noqa: E402
from tests.bench.timing import show  # noqa: E402

PARTS = {
    "writes": ("History: what recording costs", writes.ratios),
    "pages": ("History: what its pages cost as it grows", pages.ratios),
}


def main(chosen: list[str]) -> None:
    setup_test_environment(debug=False)
    for name in chosen or PARTS:
        title, ratios = PARTS[name]
        # Each part begins with an empty database.
        databases = setup_databases(
            verbosity=0, interactive=False, serialized_aliases=[]
        )
        try:
            show(f"{title} ({connection.vendor})", ratios())
        finally:
            teardown_databases(databases, verbosity=0)


main(sys.argv[1:])
