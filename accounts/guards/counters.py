"""Counters of tries in the cache that every process shares.

A place is taken before a password is looked at, so that tries which come at once are
counted before any is answered. The database's cache cannot add one to a number
atomically, but of all who `add` the same key only one gets it: the places are numbered
keys. A number beside them tells where to begin, and may lag behind. The day stands in
the keys, because a key that has run out could be added twice.
"""

import hashlib
import math
import time
from dataclasses import dataclass

from django.core.cache import cache

DAY = 24 * 60 * 60
KEEP = 2 * DAY
FIRST_PAUSE = 30
LONGEST_PAUSE = 15 * 60


@dataclass(frozen=True)
class Counter:
    """`free` tries may follow each other at once; then each waits twice as long."""

    name: str
    free: int

    def seconds_to_wait(self, whom: str) -> int:
        return self._pause(*self._taken(self._key(whom)))

    def take(self, whom: str) -> int:
        """Take the next place; if it is too early, the seconds to wait, else 0."""
        key = self._key(whom)
        taken, last = self._taken(key)
        while not (seconds := self._pause(taken, last)):
            now = time.time()
            if cache.add(f"{key}:{taken + 1}", now, KEEP):
                cache.set(key, (taken + 1, now), KEEP)
                return 0
            # Somebody else has this place: look at it, and go on to the next.
            taken += 1
            last = cache.get(f"{key}:{taken}", now)
        return seconds

    def give_back(self, whom: str) -> None:
        """One try was right. Two who say so at once may give back one place only."""
        key = self._key(whom)
        taken, last = self._taken(key)
        if taken:
            cache.delete(f"{key}:{taken}")
            cache.set(key, (taken - 1, last), KEEP)

    def forget(self, whom: str) -> None:
        key = self._key(whom)
        taken, _last = self._taken(key)
        cache.delete_many([key, *(f"{key}:{place + 1}" for place in range(taken))])

    def _taken(self, key: str) -> tuple[int, float]:
        taken: tuple[int, float] = cache.get(key, (0, 0.0))
        return taken

    def _pause(self, taken: int, last: float) -> int:
        if taken < self.free:
            return 0
        # Beyond a few doublings the longest pause has been reached.
        doublings = min(taken - self.free, 10)
        pause = min(FIRST_PAUSE * 2**doublings, LONGEST_PAUSE)
        return max(0, math.ceil(last + pause - time.time()))

    def _key(self, whom: str) -> str:
        digest = hashlib.sha256(whom.encode()).hexdigest()
        return f"guards:{self.name}:{int(time.time() // DAY)}:{digest}"
