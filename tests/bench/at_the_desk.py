"""Somebody else at work during an import: saves one person again and again.

`python -m tests.bench.at_the_desk` goes on until its input ends, then tells the
longest time that a save took.
"""

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import django

USERNAME = "bench.desk"
PAUSE = 0.02


@contextmanager
def somebody_saving(environment: dict[str, str]) -> Iterator[list[float]]:
    """After the block the list has the longest wait, in seconds."""
    longest: list[float] = []
    desk = subprocess.Popen(
        [sys.executable, "-m", "tests.bench.at_the_desk"],
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    # The first line says that it has begun.
    desk.stdout.readline()
    try:
        yield longest
    finally:
        told, _none = desk.communicate()
    longest.append(float(told))


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    django.setup()
    # It needs the set-up.
    from accounts.models import User

    ended = threading.Event()
    threading.Thread(target=lambda: (sys.stdin.read(), ended.set())).start()
    person = User.objects.get(username=USERNAME)
    longest, number = 0.0, 0
    print("begun", flush=True)
    while not ended.is_set():
        number += 1
        person.first_name = f"Name {number}"
        start = time.perf_counter()
        person.save()
        longest = max(longest, time.perf_counter() - start)
        time.sleep(PAUSE)
    print(longest)


if __name__ == "__main__":
    main()
