"""An empty database of one's own, which other processes can reach."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection
from django.test import utils


@contextmanager
def test_database(name: str) -> Iterator[None]:
    """On SQLite a file, as in use, where the tests have it in memory."""
    utils.setup_test_environment(debug=False)
    with TemporaryDirectory() as folder:
        is_file = connection.vendor == "sqlite"
        own = str(Path(folder) / "bench.sqlite3") if is_file else f"test_bench_{name}"
        connection.settings_dict["TEST"]["NAME"] = own
        settings.IMPORT_DIR = Path(folder) / "imports"
        databases = utils.setup_databases(
            verbosity=0, interactive=False, serialized_aliases=[]
        )
        try:
            yield
        finally:
            utils.teardown_databases(databases, verbosity=0)


def environment() -> dict[str, str]:
    """For a process that is to use this very database."""
    name = str(connection.settings_dict["NAME"])
    if connection.vendor == "sqlite":
        address = f"sqlite:///{name}"
    else:
        address = (
            urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{name}").geturl()
        )
    return {**os.environ, "DATABASE_URL": address}
