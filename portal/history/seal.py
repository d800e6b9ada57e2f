"""Tamper-evident: finished change sets are sealed in order, into one chain.

Each seal holds the digest of its change set's canonical content (see
`portal.history.canonical`) and one over that, its position and the digest before. So
whoever edits, removes or inserts anything old breaks the chain there, unless he makes
all later seals anew. Against that, and against a cut at the end, keep the `head` where
the database's owner cannot write, and hand it to `verify_history --head`.
"""

from collections.abc import Iterable
from hashlib import sha256
from itertools import batched

from django.db import connection, transaction
from django.db.models import QuerySet

from portal.history.canonical import content_digests, current_fields
from portal.models import ChangeSet, Seal, SealScope

BATCH = 500
# A transaction may commit after those that took later numbers. This many numbers back
# is looked again and again; `seal_all` looks at everything.
LATE = 10_000
# Any number, the same for everybody who seals.
POSTGRES_LOCK = 7_325_000


def head() -> Seal | None:
    """The last link of the chain, which stands for all of it."""
    return Seal.objects.order_by("position").last()


def link(position: int, previous: str, content: str) -> str:
    """The digest of a seal, from that of the seal before ("" for the first)."""
    return sha256(f"{position}:{previous}:{content}".encode("ascii")).hexdigest()


def unsealed() -> QuerySet[ChangeSet]:
    return ChangeSet.objects.filter(seal=None, finished_at__isnull=False).order_by("pk")


def seal_all() -> int:
    """Seal whatever is not; returns how many. Two at once share the work."""
    return _seal(unsealed())


def seal_new() -> int:
    """The same, without a look at the whole table: for those who ask every second."""
    last = Seal.objects.order_by("-change_set_id").values_list("change_set_id").first()
    return _seal(unsealed().filter(pk__gt=(last[0] if last else 0) - LATE))


def _seal(change_sets: QuerySet[ChangeSet]) -> int:
    sealed = 0
    pks = list(change_sets.values_list("pk", flat=True))
    for batch in batched(pks, BATCH):
        sealed += _seal_batch(batch)
    return sealed


def _seal_batch(pks: Iterable[int]) -> int:
    """Digest first, then lock: saves wait for a few rows, not for a long read."""
    scope = _scope()
    contents = dict(content_digests(pks, scope))
    with transaction.atomic():
        _lock_chain()
        last, seals = head(), []
        position, digest = (last.position, last.digest) if last else (0, "")
        still = set(unsealed().filter(pk__in=contents).values_list("pk", flat=True))
        for pk, content in contents.items():
            if pk in still and content is not None:
                position += 1
                digest = link(position, digest, content)
                seals.append(
                    Seal(
                        position=position,
                        change_set_id=pk,
                        scope=scope,
                        content=content,
                        digest=digest,
                    )
                )
        Seal.objects.bulk_create(seals)
    return len(seals)


def _scope() -> SealScope:
    """The newest scope, or a new one when fields have come or gone since."""
    fields = current_fields()
    newest = SealScope.objects.order_by("pk").last()
    if newest is not None and newest.fields == fields:
        return newest
    return SealScope.objects.create(fields=fields)


def _lock_chain() -> None:
    # SQLite lets one transaction write at a time anyway.
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [POSTGRES_LOCK])
