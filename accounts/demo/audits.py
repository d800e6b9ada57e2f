"""What the demo's auditor reviewed, month by month, and what still waits."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from accounts.demo.library import Library
from accounts.demo.people import PORTAL_AGE
from portal.history.review import review
from portal.models import ChangeSet, Verdict

LAST_AUDIT_DAY = 28
FLAG_DAY = 12
COMMENT = "Who asked for this? It says no reason."


def plan_audits(
    library: Library,
) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    for days_ago in range(PORTAL_AGE - 2, LAST_AUDIT_DAY - 1, -30):
        yield library.moment(days_ago), partial(audit, library)
    yield library.moment(FLAG_DAY), partial(flag, library)


def audit(library: Library, at: datetime) -> None:
    """Mark reviewed whatever waits."""
    waiting = ChangeSet.objects.waiting().values_list("pk", flat=True)
    review(
        dict.fromkeys(waiting),
        verdict=Verdict.REVIEWED,
        actor=library.users["auditor"],
        at=at,
    )


def flag(library: Library, at: datetime) -> None:
    """Flag the last that waits and gives no reason, if there is one."""
    unexplained = ChangeSet.objects.waiting().filter(reason="").order_by("-pk")[:1]
    review(
        dict.fromkeys(unexplained.values_list("pk", flat=True)),
        verdict=Verdict.FLAGGED,
        actor=library.users["auditor"],
        comment=COMMENT,
        at=at,
    )
