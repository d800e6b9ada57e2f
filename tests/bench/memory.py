"""How much memory a worker takes at most: `python -m tests.bench.memory FILE`.

The file's import is all that the process does, in a database of its own.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import django

KIB_IN_MB = 1000 * 1000 / 1024
# What the process itself had; getrusage would count what its parent had, too.
STATUS = Path("/proc/self/status")


def peak_memory(path: Path) -> float:
    """MB at most, of another process that checks and commits this file."""
    command = [sys.executable, "-m", "tests.bench.memory", str(path)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    return float(done.stdout)


def main(path: Path) -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # They need the set-up.
    from accounts.models import User
    from tests.bench.bring_in import bring_in, make_places
    from tests.bench.database import test_database

    with test_database("memory"):
        make_places()
        bring_in(path, User.objects.create_superuser("bench.boss"))
    most = re.search(r"VmHWM:\s*(\d+) kB", STATUS.read_text())
    print(int(most[1]) / KIB_IN_MB)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
