"""Two threads that write history, or seal it, at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.models import User
from portal.history import seal as sealing
from portal.history.acts import Actor, acting
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


def test_actors_in_two_threads_are_not_mixed_up(manager, root, reader_user):
    """Nor does a thread act for the one that started it."""
    start = threading.Barrier(3)

    def rename(actor):
        start.wait()
        try:
            for number in range(5):
                person = User.objects.create_user(f"{actor or 'nobody'}{number}")
                if actor is not None:
                    with acting(Actor(kind="form", user=actor)):
                        person.first_name = str(actor)
                        person.save()
        finally:
            connections.close_all()

    with acting(Actor(kind="command", user=reader_user)), ThreadPoolExecutor(3) as pool:
        list(pool.map(rename, [manager, root, None]))

    rows = User.history.filter(history_type="~", first_name__in=["manager", "root"])
    made = [(row.first_name, row.change_set.actor_name) for row in rows]
    assert sorted(made) == [("manager", "manager")] * 5 + [("root", "root")] * 5
    nobody = User.history.filter(username__startswith="nobody")
    assert {row.change_set.actor_id for row in nobody} == {None}
    assert verify() == []
