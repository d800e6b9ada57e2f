"""What is told of a whole is for who sees the whole: reviews, proofs, jobs, actors."""

import pytest
from django.urls import reverse

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet, RevertJob
from readers.models import Reader
from tests.portal.limited import history_page

pytestmark = pytest.mark.django_db


def read(client, address):
    return client.get(address).content.decode()


@pytest.fixture
def sensitive(nora, mike):
    with change_set(reason="New addresses") as act:
        User.objects.filter(pk=nora.pk).update(email="n@example.org")
        User.objects.filter(pk=mike.pk).update(email="m@example.org")
    return act.recorded


def test_queue_has_only_what_is_seen_wholly(client, manager_of_north, sensitive, nora):
    User.objects.filter(pk=nora.pk).update(email="nora@example.net")
    shown = read(client, history_page("review"))

    assert "Changed E-mail of Nora" in shown and "New addresses" not in shown


@pytest.mark.parametrize("name", ["review", "changeset_review"])
def test_what_is_seen_in_part_is_not_reviewed(
    client, manager_of_north, sensitive, name
):
    args = [sensitive.pk] if name == "changeset_review" else []
    sent = {"chosen": f"{sensitive.pk}:", "verdict": "reviewed"}
    client.post(history_page(name, *args), sent)

    assert not sensitive.reviews.exists()


def test_reasons_for_review_are_not_told_of_a_part(client, manager_of_north, sensitive):
    shown = read(client, history_page("changeset_change", sensitive.pk))

    assert "E-mail of 2 people" not in shown and "Nora" in shown


@pytest.mark.parametrize("name", ["proof", "proof_head"])
def test_proof_is_for_who_sees_all(client, manager_of_north, name):
    assert client.get(history_page(name)).status_code == 403
    assert history_page("proof") not in read(
        client, history_page("changeset_changelist")
    )


def test_jobs_of_others_are_not_shown(client, manager_of_north, manager):
    RevertJob.objects.create(
        owner=manager, subject="All of May", reverts=ChangeSet.objects.first()
    )
    shown = read(client, reverse("admin:portal_revertjob_changelist"))

    assert "All of May" not in shown


def test_actor_is_not_known_by_what_happened_elsewhere(
    client, manager_of_north, mike, manager
):
    with change_set(actor=manager):
        Reader.objects.filter(user=mike).update(notes="After")
    query = {"actor": "manager", "since": "2020-01-01T00:00:00"}
    shown = read(client, history_page("revert_actor", **query))

    assert "Nobody of this name has changed anything" in shown
