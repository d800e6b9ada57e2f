"""What is looked after beside the tasks, as long as a worker runs."""

import logging
import time
from collections.abc import Callable, Iterable
from threading import Event, Thread
from typing import Any

from django.db import InterfaceError, OperationalError, connections

from portal import heartbeats, jobs, queue
from portal.exports import watch as exports
from portal.imports import watch as imports
from portal.outbox import watch as outbox
from portal.security import keeping

logger = logging.getLogger(__name__)

# In seconds: between two looks, and between two sweeps.
LOOK, SWEEP = 10.0, 3600.0
LOOKS = (
    heartbeats.beat,
    imports.take_up_again,
    exports.take_up_again,
    jobs.take_up_again,
    outbox.take_up_again,
)
SWEEPS = (
    imports.expire,
    exports.expire,
    outbox.expire,
    queue.prune,
    heartbeats.forget,
    keeping.prune,
)
# In seconds: how long the end waits for a look that goes on.
PATIENCE = 5.0


class Watch(Thread):
    """Looks at once, then again and again; every worker may have one."""

    def __init__(self) -> None:
        super().__init__(name="watch", daemon=True)
        self._is_over = Event()

    def run(self) -> None:
        swept = 0.0
        while not self._is_over.is_set():
            attempt(LOOKS)
            if not swept or time.monotonic() - swept > SWEEP:
                attempt(SWEEPS)
                swept = time.monotonic()
            self._is_over.wait(LOOK)
        attempt([heartbeats.end])

    def end(self) -> None:
        self._is_over.set()
        self.join(PATIENCE)


def attempt(calls: Iterable[Callable[[], Any]]) -> None:
    """What fails is tried again next time: nothing here is ever late."""
    for call in calls:
        try:
            call()
        except (OperationalError, InterfaceError) as error:
            # Busy or away for a moment; on SQLite, one writes and the others wait.
            logger.warning("%s waits for the database: %s", _name(call), error)
        except Exception:
            logger.exception("%s broke off.", _name(call))
        finally:
            connections.close_all()


def _name(call: Callable[[], Any]) -> str:
    return f"{call.__module__}.{call.__qualname__}"
