"""Large reverts while somebody else writes, and when two start the same one."""

import threading

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.jobs import run_revert_job
from portal.models import ChangeSet, RevertJob
from tests.at_once import in_threads

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def large(settings):
    settings.REVERT_ONE_BY_ONE_ROWS = 0


@pytest.fixture
def changed(manager):
    User.objects.bulk_create(User(username=f"p{n}") for n in range(20))
    people = User.objects.filter(username__startswith="p")
    people.update(first_name="Changed")
    return ChangeSet.objects.first()


def signed_in(user):
    client = Client()
    client.force_login(user)
    return client


def confirmation(user, made):
    client = signed_in(user)
    url = reverse("admin:portal_changeset_revert", args=[made.pk])
    digest = client.get(url).context["plan"].digest
    sent = {"digest": digest, "change_reason": "By mistake"}
    return lambda: client.post(url, sent)


def test_edit_that_is_not_committed_yet_is_waited_for_and_kept(manager, changed):
    confirm = confirmation(manager, changed)
    person = User.objects.get(username="p7")
    is_written, may_commit = threading.Event(), threading.Event()

    def edit():
        with transaction.atomic():
            User.objects.filter(pk=person.pk).update(last_name="Meanwhile")
            is_written.set()
            may_commit.wait(5)

    def revert():
        is_written.wait(5)
        threading.Timer(0.5, may_commit.set).start()
        return confirm()

    _nothing, response = in_threads(edit, revert)

    assert response.status_code == 200
    assert [item.pk for item in response.context["plan"].first("kept", 9)] == [
        person.pk
    ]
    person.refresh_from_db()
    assert (person.first_name, person.last_name) == ("Changed", "Meanwhile")
    assert not ChangeSet.objects.filter(kind="revert").exists()


def test_two_who_confirm_at_once_revert_once(manager, changed):
    answers = in_threads(*(confirmation(manager, changed) for _n in range(2)))

    assert sorted(answer.status_code for answer in answers) == [200, 302]
    [made] = ChangeSet.objects.filter(kind="revert")
    assert made.changed_count == 20


def test_job_that_two_workers_take_is_done_once(settings, manager, changed):
    settings.REVERT_IN_BACKGROUND_ROWS = 0
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }
    confirmation(manager, changed)()
    job = RevertJob.objects.get()
    in_threads(*[lambda: run_revert_job.call(job_id=job.pk)] * 2)
    job.refresh_from_db()

    assert (job.status, job.done) == ("done", 20)
    assert ChangeSet.objects.filter(kind="revert").count() == 1
