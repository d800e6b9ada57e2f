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

from django.db import models, transaction
from django.utils import timezone

from portal.history.snapshot import (
    Snapshot,
    current_snapshots,
    newest_versions,
)
from portal.models import ChangeSet

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
    deleted: dict[type[models.Model], dict[Any, Snapshot]] = field(default_factory=dict)
    recorded: ChangeSet | None = None

    def touch(self, model: type[models.Model], pks: Iterable[Any]) -> None:
        """Note that these objects were, or are about to be, written."""
        self.touched.setdefault(model, {}).update(dict.fromkeys(pks))

    def note_deletion(self, model: type[models.Model], pk: Any, last: Snapshot) -> None:
        """Note a deletion; `last` is the state before it, relations included."""
        self.deleted.setdefault(model, {}).setdefault(pk, last)

    def record(self) -> None:
        """Write the change set and its history rows, if anything changed."""
        now = self.at or timezone.now()
        rows: list[models.Model] = []
        for model in list({**self.deleted, **self.touched}):
            rows.extend(self._rows_of(model, now))
        if not rows:
            return
        types = [row.history_type for row in rows]  # type: ignore[attr-defined]
        self.recorded = ChangeSet.objects.create(
            kind=self.kind,
            actor_id=getattr(self.user, "pk", None),
            actor_name=self.user.get_username() if self.user else "",
            reason=self.reason,
            subject=self.subject[:255],
            origin=self.origin[:100],
            reverts=self.reverts,
            created_count=types.count("+"),
            changed_count=types.count("~"),
            deleted_count=types.count("-"),
            started_at=now,
            finished_at=now,
        )
        self._write(rows)

    def _rows_of(
        self, model: type[models.Model], at: datetime
    ) -> Iterator[models.Model]:
        pks = list(self.touched.get(model, {}))
        gone = self.deleted.get(model, {})
        for start in range(0, len(pks), BATCH):
            batch = pks[start : start + BATCH]
            newest = newest_versions(model, batch)
            # What was written and then deleted is no longer there to be read.
            for pk, snapshot in current_snapshots(model, batch).items():
                before = newest.get(pk)
                if before is None or before.is_deletion:
                    yield snapshot.as_row("+", at)
                elif not before.same_as(snapshot):
                    yield snapshot.as_row("~", at)
        for start in range(0, len(gone), BATCH):
            batch = list(gone)[start : start + BATCH]
            # What this act itself created and deleted leaves nothing.
            known = newest_versions(model, batch)
            yield from (gone[pk].as_row("-", at) for pk in batch if pk in known)

    def _write(self, rows: list[models.Model]) -> None:
        by_model: dict[type[models.Model], list[models.Model]] = {}
        for row in rows:
            row.change_set = self.recorded  # type: ignore[attr-defined]
            by_model.setdefault(type(row), []).append(row)
        for history_model, its_rows in by_model.items():
            history_model._base_manager.bulk_create(its_rows, batch_size=BATCH)


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
