"""Retention and erasure: history rewritten by policy, in an act of its own.

    with redacting(origin="prune_history", subject=..., reason=...) as redacted:
        rows.delete()
        redacted.update(change_set_ids)

The old seals stay as they are. For each change set that was rewritten there is a
redaction with the digest of what is left, under the seal of the act that did it; so the
chain still verifies, and a rewriting that nobody signed for still shows.
"""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from itertools import batched
from typing import Any

from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from portal.history import guard
from portal.history.canonical import content_digests
from portal.history.completeness import tracked_models
from portal.history.seal import BATCH, seal_all
from portal.history.snapshot import history_model_of
from portal.models import ChangeSet, Redaction, Seal, SealScope


@contextmanager
def redacting(*, origin: str, subject: str, reason: str) -> Iterator[set[int]]:
    """Open history for one act; add the keys of each change set that you rewrite.

    Only what is sealed may be rewritten: everything there is gets sealed first. An act
    that rewrote nothing leaves nothing.
    """
    seal_all()
    with transaction.atomic():
        redacted: set[int] = set()
        with guard.unlocked(f"{origin}: {subject}"):
            yield redacted
        if redacted:
            now = timezone.now()
            act = ChangeSet.objects.create(
                kind=ChangeSet.Kind.COMMAND,
                origin=origin,
                subject=subject,
                reason=reason,
                started_at=now,
                finished_at=now,
            )
            for batch in batched(sorted(redacted), BATCH):
                _write_redactions(act, batch)
    seal_all()


def _write_redactions(act: ChangeSet, pks: tuple[int, ...]) -> None:
    by_scope = defaultdict(list)
    for seal in Seal.objects.filter(change_set__in=pks):
        by_scope[seal.scope_id].append(seal.change_set_id)
    for scope in SealScope.objects.filter(pk__in=by_scope):
        Redaction.objects.bulk_create(
            Redaction(change_set_id=pk, by=act, content=content)
            for pk, content in content_digests(by_scope[scope.pk], scope)
            if content is not None
        )


def superseded(before: datetime) -> list[QuerySet[Any]]:
    """The history rows that no moment since `before` needs, for each tracked model.

    The version that was in force then stays, unless it is a deletion.
    """
    return [_superseded(history_model_of(model), before) for model in tracked_models()]


def _superseded(history: Any, before: datetime) -> QuerySet[Any]:
    pk_name = history.instance_type._meta.pk.attname
    old = history._base_manager.filter(change_set__finished_at__lt=before)
    in_force = old.values(pk_name).annotate(last=Max("history_id")).values("last")
    return old.filter(~Q(history_id__in=in_force) | Q(history_type="-"))


def prune(before: datetime, *, reason: str) -> int:
    """Drop what `superseded` finds; returns how many rows that were."""
    dropped = 0
    subject = f"History before {before:%Y-%m-%d}"
    with redacting(origin="prune_history", subject=subject, reason=reason) as redacted:
        for found in superseded(before):
            rows = found.filter(change_set__seal__isnull=False)
            redacted.update(rows.values_list("change_set_id", flat=True))
            keys = list(rows.values_list("pk", flat=True))
            for batch in batched(keys, BATCH):
                dropped += rows.model._base_manager.filter(pk__in=batch).delete()[0]
    return dropped
