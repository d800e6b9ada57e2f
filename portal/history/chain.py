"""Tamper-evident: what the chain of seals tells about old change sets."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby
from typing import Any

from django.db.models import Max, OuterRef, Subquery

from portal.history.canonical import Unreadable, content_digests
from portal.history.seal import link, unsealed
from portal.models import ChangeSet, Redaction, Seal, SealScope

BATCH = 500
# Transactions that overlap commit in another order than that of their numbers. What
# claims to be older than this, and came later, was put into the past.
OVERLAP = timedelta(hours=1)

CHANGE_SET, SEAL = ChangeSet._meta.label, Seal._meta.label


@dataclass(frozen=True)
class Break:
    """One place where the chain does not hold; `key` is of a row of `about`."""

    problem: str
    about: str
    key: Any


def breaks(
    expected_head: str = "", on_step: Callable[[int, int], None] = lambda *_: None
) -> Iterator[Break]:
    """Every break of the chain, in one pass that needs little memory.

    `expected_head` is a head kept from earlier, as `seal_history --head` printed it.
    """
    walk = Walk(expected_head)
    last = Seal.objects.aggregate(last=Max("position"))["last"] or 0
    while seals := _seals_after(walk.position):
        yield from walk.over(seals)
        on_step(walk.position, last)
    yield from walk.end()


def _seals_after(position: int) -> list[Seal]:
    finished = ChangeSet.objects.filter(pk=OuterRef("change_set_id"))
    return list(
        Seal.objects.filter(position__gt=position)
        .order_by("position")
        .annotate(finished_at=Subquery(finished.values("finished_at")))[:BATCH]
    )


class Walk:
    """A pass over the chain, batch by batch, from the first seal to the last."""

    def __init__(self, expected_head: str) -> None:
        self.expected = expected_head
        self.position = 0
        self.digest = ""
        self.newest: tuple[int, datetime] | None = None

    def over(self, seals: list[Any]) -> Iterator[Break]:
        contents: dict[int, str | None] = {}
        for scope_id, group in groupby(seals, key=lambda seal: seal.scope_id):
            pks = [seal.change_set_id for seal in group]
            try:
                scope = SealScope.objects.get(pk=scope_id)
                contents.update(content_digests(pks, scope))
            except (Unreadable, SealScope.DoesNotExist) as error:
                problem = f"cannot be compared with its seal: {error} is gone"
                yield from (Break(problem, CHANGE_SET, pk) for pk in pks)
        redacted = _redacted(seals)
        for seal in seals:
            yield from self._links(seal)
            pk = seal.change_set_id
            if pk in contents:
                yield from _compare(pk, contents[pk], redacted.get(pk, seal.content))
            yield from self._order(seal)

    def end(self) -> Iterator[Break]:
        """What a look at each seal alone does not show."""
        if self.expected:
            yield Break("differs from the head that was kept", SEAL, self.expected)
        if self.newest is not None:
            newest, finished_at = self.newest
            late = unsealed().filter(
                pk__lt=newest, finished_at__lt=finished_at - OVERLAP
            )
            for pk in late.values_list("pk", flat=True).iterator():
                yield Break("was put into the past", CHANGE_SET, pk)

    def _links(self, seal: Any) -> Iterator[Break]:
        if seal.position != self.position + 1:
            yield Break("is missing", SEAL, self.position + 1)
        elif seal.digest != link(seal.position, self.digest, seal.content):
            yield Break("does not follow from the one before", SEAL, seal.position)
        self.position, self.digest = seal.position, seal.digest
        if str(seal) == self.expected:
            self.expected = ""

    def _order(self, seal: Any) -> Iterator[Break]:
        if seal.finished_at is None:
            return
        if self.newest is None or seal.change_set_id > self.newest[0]:
            self.newest = (seal.change_set_id, seal.finished_at)
        elif seal.finished_at < self.newest[1] - OVERLAP:
            yield Break("was put into the past", CHANGE_SET, seal.change_set_id)


def _redacted(seals: list[Any]) -> dict[int, str]:
    """What is left, by their own word, of change sets rewritten by policy."""
    pks = [seal.change_set_id for seal in seals]
    redactions = Redaction.objects.filter(change_set__in=pks).order_by("pk")
    return dict(redactions.values_list("change_set_id", "content"))


def _compare(pk: int, content: str | None, expected: str) -> Iterator[Break]:
    if content is None:
        yield Break("was removed after it was sealed", CHANGE_SET, pk)
    elif content != expected:
        yield Break("was changed after it was sealed", CHANGE_SET, pk)
