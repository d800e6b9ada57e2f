"""The newest results of the checks, kept for some seconds.

Anybody may ask, as often as they like: the database and the mail server are asked at
most once in that time by each web process.
"""

import asyncio
import time
from threading import Lock

from asgiref.sync import async_to_sync
from health_check.base import HealthCheckResult

from portal.health.checks import all_checks

# In seconds; shorter than the pause between two probes of any orchestrator.
KEEP = 10.0

type Results = dict[str, HealthCheckResult]


class Latest:
    def __init__(self) -> None:
        self._lock = Lock()
        self._results: Results | None = None
        self._looked_at = 0.0

    def results(self) -> Results:
        """While one thread looks, others are given what was last seen."""
        if not self._lock.acquire(blocking=self._results is None):
            return self._results or {}
        try:
            if self._results is None or time.monotonic() - self._looked_at > KEEP:
                self._results = async_to_sync(_look)()
                self._looked_at = time.monotonic()
            return self._results
        finally:
            self._lock.release()

    def forget(self) -> None:
        self._results = None


async def _look() -> Results:
    checks = dict(all_checks())
    found = await asyncio.gather(*(check.get_result() for check in checks.values()))
    return dict(zip(checks, found, strict=True))


LATEST = Latest()
