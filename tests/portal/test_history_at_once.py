"""Two processes that seal history at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from portal.history import seal as sealing
from portal.history.verify import verify
from portal.models import ChangeSet, Seal
from readers.models import Branch

pytestmark = pytest.mark.django_db(transaction=True)


def test_two_who_seal_at_once_make_one_chain(monkeypatch):
    for n in range(20):
        Branch.objects.create(code=f"B{n}", name="B")
    monkeypatch.setattr(sealing, "BATCH", 3)
    start = threading.Barrier(2)

    def seal(_):
        start.wait()
        try:
            return sealing.seal_all()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        shares = list(pool.map(seal, range(2)))

    assert sum(shares) == Seal.objects.count() == ChangeSet.objects.count()
    assert verify() == []
