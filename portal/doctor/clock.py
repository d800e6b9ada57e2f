"""Time: of this machine, of the database, and of those who read it."""

from collections.abc import Iterator
from datetime import datetime

from django.conf import settings
from django.db import connection
from django.utils import timezone

from portal.doctor.registry import Finding, examines, ok, warning

# Leases and heartbeats allow for this many seconds.
SKEW = 5.0


@examines("Clock", needs_database=True)
def look_at_clock() -> Iterator[Finding]:
    skew = abs((timezone.now() - _time_of_database()).total_seconds())
    if skew > SKEW:
        yield warning(
            f"{skew:.0f} seconds from the clock of the database",
            "Let both machines set their clocks from the network (NTP).",
        )
    else:
        yield ok(f"as the database's; times are shown in {settings.TIME_ZONE}")


def _time_of_database() -> datetime:
    """SQLite has no other clock than ours."""
    if connection.vendor == "sqlite":
        return timezone.now()
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        return cursor.fetchone()[0]
