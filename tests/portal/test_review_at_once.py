"""Two reviewers with the same queue before them."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client
from django.urls import reverse

from portal.history.acts import change_set
from portal.history.seal import seal_all
from portal.history.verify import verify
from portal.models import ChangeSet, Review

pytestmark = pytest.mark.django_db(transaction=True)

QUEUE = reverse("admin:portal_review")


@pytest.mark.parametrize(
    "verdicts", [("reviewed", "reviewed"), ("reviewed", "flagged")]
)
def test_two_verdicts_at_once_on_the_same_change_sets(
    auditor, root, reader_user, verdicts
):
    made = []
    for n in range(8):
        reader_user.email = f"anna-{n}@example.org"
        with change_set(kind="form"):
            reader_user.save()
        made.append(ChangeSet.objects.first())
    start = threading.Barrier(2)

    def judge(user, verdict, chosen):
        client = Client()
        client.force_login(user)
        keys = [f"{each.pk}:" for each in chosen]
        sent = {"chosen": keys, "verdict": verdict, "change_reason": "Looked at it"}
        start.wait()
        try:
            return client.post(QUEUE, sent).status_code
        finally:
            connections.close_all()

    with ThreadPoolExecutor(2) as pool:
        # One has them newest first, and lacks the last; the other the first.
        both = pool.map(judge, (auditor, root), verdicts, (made[:6], made[:1:-1]))
        assert set(both) <= {200, 302}

    assert Review.objects.count() == len(made), "one verdict on each"
    assert {each.change_set_id for each in Review.objects.all()} == {
        each.pk for each in made
    }
    seal_all()
    assert verify() == []
