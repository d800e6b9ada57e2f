"""Child processes that live and end with their parent."""

import contextlib
import os
import signal
import subprocess  # nosec B404: our own modules, and no shell
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

# Seconds that a child gets after each request to end. The worker finishes its task
# after the first request, and gives the task up after the second.
PATIENCE = (6.0, 2.0)


class Child:
    """A Python module run in a process group of its own, which a Ctrl-C doesn't reach.

    Its output goes to `output`, each line behind the child's name, but for JSON lines,
    which would not be JSON then.
    """

    def __init__(
        self, name: str, command: list[str], *, folder: Path, output: Any
    ) -> None:
        self.name = name
        self.output = output
        self.process = subprocess.Popen(  # nosec B603: as above
            [sys.executable, "-m", *command],
            cwd=folder,
            env=os.environ | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        self.relay = threading.Thread(target=self.relay_output, daemon=True)
        self.relay.start()

    def relay_output(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            # A terminal that has gone must not leave the child blocked on a full pipe.
            with contextlib.suppress(OSError):
                before = "" if line.startswith("{") else f"{self.name:<6} | "
                self.output.write(f"{before}{line.rstrip()}")
                self.output.flush()

    def is_running(self) -> bool:
        return self.process.poll() is None

    def kill(self) -> None:
        """Also ends what a child that has died left behind in its group."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        self.relay.join(timeout=1)


def end_children(
    children: Iterable[Child], is_hurried: Callable[[], bool] = lambda: False
) -> None:
    """Ask, ask again, then kill; `is_hurried` goes to the next step at once."""
    for seconds in PATIENCE:
        running = [child for child in children if child.is_running()]
        for child in running:
            child.process.terminate()
        deadline = time.monotonic() + seconds
        while (
            any(child.is_running() for child in running)
            and time.monotonic() < deadline
            and not is_hurried()
        ):
            time.sleep(0.1)
    for child in children:
        child.kill()
