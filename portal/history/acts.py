"""Acts: one actor doing one thing, recorded as one change set.

    with change_set(kind=ChangeSet.Kind.IMPORT, actor=user, subject="june.xlsx"):
        ...  # any number of writes

Writes only note which objects they touch. When the outermost act ends, still inside
its transaction, each touched object is compared with its newest version, and those
that differ get one history row: the net effect, however many writes led to it. An
act that changed nothing leaves nothing, and one that failed is rolled back whole.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models, transaction
from django.utils import timezone

from portal.history.recording import COUNTS, difference, write_rows
from portal.models import ChangeCount, ChangeSet

_act: ContextVar["Act | None"] = ContextVar("act", default=None)
_actor: ContextVar["Actor | None"] = ContextVar("actor", default=None)

BATCH = 1000


@dataclass(frozen=True)
class Actor:
    """Who acts when nothing more is said: the request's user, the command's name."""

    kind: str = ChangeSet.Kind.SYSTEM
    user: Any = None
    origin: str = ""


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Name the actor of every act inside that names none itself."""
    token = _actor.set(actor)
    try:
        yield
    finally:
        _actor.reset(token)


@dataclass
class Act:
    """What an act has touched so far."""

    kind: str
    user: Any
    reason: str
    subject: str
    origin: str
    reverts: ChangeSet | None
    records_raw: bool
    at: datetime | None
    touched: dict[type[models.Model], dict[Any, None]] = field(default_factory=dict)
    recorded: ChangeSet | None = None

    def touch(self, model: type[models.Model], pks: Iterable[Any]) -> None:
        """Note that these objects were, or are about to be, written or deleted."""
        self.touched.setdefault(model, {}).update(dict.fromkeys(pks))

    def record(self) -> None:
        """Write the change set and its history rows, if anything changed."""
        now = self.at or timezone.now()
        # Taken out one by one: the keys of a million objects are not kept twice.
        found = [difference(each, self.touched.pop(each)) for each in [*self.touched]]
        total = sum(each.total for each in found)
        if not total:
            return
        self.recorded = ChangeSet.objects.create(
            kind=self.kind,
            actor_id=getattr(self.user, "pk", None),
            actor_name=self.user.get_username() if self.user else "",
            reason=self.reason,
            subject=self.subject[:255],
            origin=self.origin[:100],
            reverts=self.reverts,
            is_sensitive=total > settings.REVIEW_ROWS
            or any(each.is_sensitive for each in found),
            started_at=now,
            finished_at=now,
            **{
                name: sum(each.count(kind) for each in found)
                for kind, name in COUNTS.items()
            },
        )
        ChangeCount.objects.bulk_create(
            count
            for each in found
            if each.total
            for count in each.counts(self.recorded)
        )
        for each in found:
            write_rows(each, self.recorded, now)


@contextmanager
def change_set(
    *,
    kind: str | None = None,
    actor: Any = None,
    reason: str = "",
    subject: str = "",
    origin: str = "",
    reverts: ChangeSet | None = None,
    records_raw: bool = False,
    at: datetime | None = None,
) -> Iterator[Act]:
    """Open an act, or join the one that is open; see the module's text.

    `records_raw` records fixture loads too, which otherwise bring their own history.
    `at` is the time of the act, for the demo and for imports of old histories; give
    old acts in the order of their times: the newest version is the last written.
    The outermost act decides kind, actor, reason and time.
    """
    if (outer := _act.get()) is not None:
        yield outer
        return
    default = _actor.get() or Actor()
    act = Act(
        kind=kind or default.kind,
        user=actor if actor is not None else default.user,
        reason=reason,
        subject=subject,
        origin=origin or default.origin,
        reverts=reverts,
        records_raw=records_raw,
        at=at,
    )
    token = _act.set(act)
    try:
        with transaction.atomic():
            yield act
            act.record()
    finally:
        _act.reset(token)


def name_act(subject: str) -> None:
    """Say what the open act is about, unless that has been said already."""
    act = _act.get()
    if act is not None and not act.subject:
        act.subject = subject


def is_recording_raw() -> bool:
    act = _act.get()
    return act is not None and act.records_raw
