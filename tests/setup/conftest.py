import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def environment(tmp_path_factory):
    """A database of its own: the worker polls, and would meet the tests' data."""
    database = tmp_path_factory.mktemp("serve") / "portal.sqlite3"
    environment = os.environ | {
        "DEBUG": "true",
        "DATABASE_URL": f"sqlite:///{database}",
    }
    subprocess.run(
        [sys.executable, "manage.py", "migrate", "--no-input", "--verbosity", "0"],
        cwd=ROOT,
        env=environment,
        check=True,
    )
    return environment | {"DATABASE": str(database)}
