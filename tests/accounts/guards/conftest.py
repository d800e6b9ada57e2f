"""What the tests of the guards share: a clock to move."""

import time

import pytest


@pytest.fixture
def clock(monkeypatch):
    """Stands still; `clock.move(minutes)` moves it."""

    class Clock:
        now = time.time()

        def move(self, minutes):
            self.now += minutes * 60

    clock = Clock()
    monkeypatch.setattr(time, "time", lambda: clock.now)
    return clock
