"""History: guarded and sealed. `verify_history` looks at all of it, for longer."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise

from django.db import connection
from django.utils import timezone

from portal.doctor.registry import Finding, error, examines, ok, warning
from portal.history import guard
from portal.history.seal import link, unsealed
from portal.models import Seal

# The newest links of the chain that are looked at.
LINKS = 1000
# The sealer looks every ten seconds.
LATE = timedelta(minutes=10)


@examines("Guard of history", needs_database=True)
def look_at_guard() -> Iterator[Finding]:
    if missing := guard.missing(connection):
        yield error(
            f"{len(missing)} triggers are missing, such as {missing[0]}",
            "Put them back with: manage.py migrate --skip-checks; then run "
            "manage.py verify_history",
        )
    else:
        yield ok("each of its triggers is there")


@examines("Seals of history", needs_database=True)
def look_at_seals() -> Iterator[Finding]:
    newest = list(Seal.objects.order_by("-position")[: LINKS + 1])
    broken = [seal for seal, before in pairwise(newest) if not _follows(seal, before)]
    late = unsealed().filter(finished_at__lt=timezone.now() - LATE).count()
    if broken:
        yield error(
            f"seal {broken[-1].position} does not follow from the one before",
            "Somebody rewrote history. Run: manage.py verify_history",
        )
    if late:
        yield warning(
            f"{late:,} change sets have waited for their seals for {LATE}",
            "Let manage.py serve run, or manage.py seal_history --watch 10",
        )
    if not (broken or late):
        yield ok(f"the head is {newest[0] if newest else 'none'}")


def _follows(seal: Seal, before: Seal) -> bool:
    return seal.position == before.position + 1 and seal.digest == link(
        seal.position, before.digest, seal.content
    )
