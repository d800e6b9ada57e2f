"""Large reverts as jobs: confirmed once, carried out once, and what they say."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.jobs import run_revert_job
from portal.models import ChangeSet, RevertJob

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def large(settings):
    """Everything counts as large, and waits until the test lets the worker run."""
    settings.REVERT_ONE_BY_ONE_ROWS = settings.REVERT_IN_BACKGROUND_ROWS = 0
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }


@pytest.fixture
def renamed(reader_user):
    User.objects.filter(pk=reader_user.pk).update(first_name="Hanna")
    return ChangeSet.objects.first()


def name_now(person):
    return User.objects.get(pk=person.pk).first_name


def confirm(client, made, on_commit, **changed):
    url = reverse("admin:portal_changeset_revert", args=[made.pk])
    digest = client.get(url).context["plan"].digest
    sent = {"digest": digest, "change_reason": "By mistake", **changed}
    with on_commit(execute=True):
        return client.post(url, sent)


@pytest.fixture
def job(client, manager, renamed, django_capture_on_commit_callbacks):
    client.force_login(manager)
    confirm(client, renamed, django_capture_on_commit_callbacks)
    return RevertJob.objects.get()


def run(job):
    run_revert_job.call(job_id=job.pk)
    job.refresh_from_db()
    return job


def page(job):
    return reverse("admin:portal_revertjob_change", args=[job.pk])


def again(job):
    return reverse("admin:portal_revertjob_again", args=[job.pk])


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed", [{"digest": "x"}, {"change_reason": " "}], ids=["digest", "reason"]
)
def test_no_job_without_look_and_reason(
    client, manager, renamed, django_capture_on_commit_callbacks, changed
):
    client.force_login(manager)
    confirm(client, renamed, django_capture_on_commit_callbacks, **changed)

    assert not RevertJob.objects.exists()


@pytest.mark.parametrize("who", ["bystander", "front_desk"])
def test_who_may_not_read_history_sees_no_job_of_others(request, client, job, who):
    client.force_login(request.getfixturevalue(who))

    assert client.get(page(job)).status_code == 403
    listed = client.get(reverse("admin:portal_revertjob_changelist"))
    assert listed.status_code == 403


def test_auditor_sees_it_and_may_not_start_it(client, job, auditor):
    RevertJob.objects.update(created_at=timezone.now() - timedelta(hours=1))
    client.force_login(auditor)

    assert "By mistake" in client.get(page(job)).content.decode()
    assert client.post(again(job)).status_code == 403


def test_owner_sees_it_without_the_right_to_read_history(client, job, manager):
    manager.groups.set([Group.objects.get(name="Front desk")])
    client.force_login(User.objects.get(pk=manager.pk))

    assert client.get(page(job)).status_code == 200


def test_starting_again_needs_a_post_a_token_and_patience(client, job, manager):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(manager)

    assert client.post(again(job)).status_code == 403
    RevertJob.objects.update(created_at=timezone.now() - timedelta(hours=1))
    assert client.get(again(job)).status_code == 405
    assert strict.post(again(job)).status_code == 403
    assert client.post(again(job)).status_code == 302


@pytest.mark.parametrize("loses", ["the right", "staff", "activity", "the account"])
def test_owner_who_may_no_longer_revert_is_refused_when_it_runs(
    job, manager, reader_user, loses
):
    if loses == "the right":
        manager.groups.clear()
    elif loses == "the account":
        User.objects.filter(pk=manager.pk).delete()
    else:
        flag = {"staff": "is_staff", "activity": "is_active"}[loses]
        User.objects.filter(pk=manager.pk).update(**{flag: False})
    run(job)

    assert (job.status, job.done) == ("refused", 0)
    assert "manager may no longer revert" in job.error
    assert name_now(reader_user) == "Hanna"


def test_owner_who_may_no_longer_change_people_is_refused(job, manager, reader_user):
    role = Group.objects.get(name="Manager")
    role.permissions.set(role.permissions.exclude(codename="change_user"))
    run(job)

    assert job.status == "refused"
    assert name_now(reader_user) == "Hanna"


def test_edit_after_the_confirmation_is_kept_and_said(
    client, job, manager, reader_user
):
    User.objects.filter(pk=reader_user.pk).update(last_name="Meanwhile")
    made = ChangeSet.objects.first()
    run(job)

    assert job.status == "refused" and "meanwhile" in job.error
    assert job.error in client.get(page(job)).content.decode()
    assert (name_now(reader_user), ChangeSet.objects.first()) == ("Hanna", made)


# --- What comes of it ------------------------------------------------------------


def test_confirmation_writes_nothing_but_the_job(client, job, reader_user):
    shown = client.get(page(job)).content.decode()

    assert (job.status, job.total, job.owner_name) == ("waiting", 1, "manager")
    assert name_now(reader_user) == "Hanna"
    assert 'http-equiv="refresh"' in shown and "has not begun" in shown


def test_job_does_what_was_shown_in_its_owners_name(client, job, renamed, reader_user):
    run(job)
    made = ChangeSet.objects.first()
    shown = client.get(page(job)).content.decode()

    assert name_now(reader_user) == "Anna"
    assert (made.kind, made.reason, made.reverts, made.actor_name, made.origin) == (
        "revert",
        "By mistake",
        renamed,
        "manager",
        reverse("admin:portal_changeset_revert", args=[renamed.pk]),
    )
    assert (job.status, job.done, job.change_set) == ("done", 1, made)
    assert "refresh" not in shown and f"/{made.pk}/change/" in shown


def test_job_that_runs_twice_is_done_once(job, reader_user):
    run(job)
    User.objects.filter(pk=reader_user.pk).update(first_name="Later")
    made = ChangeSet.objects.first()
    run(job)

    assert (job.status, ChangeSet.objects.first()) == ("done", made)


def test_job_whose_worker_was_killed_is_done_when_it_is_started_again(job, reader_user):
    RevertJob.objects.update(status="running", started_at=timezone.now())
    run(job)

    assert (job.status, name_now(reader_user)) == ("done", "Anna")


def test_undo_of_a_large_act_becomes_a_job(
    client, manager, renamed, django_capture_on_commit_callbacks
):
    client.force_login(manager)
    url = reverse("admin:portal_changeset_revert", args=[renamed.pk])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, {"undo": "1"})

    assert run(RevertJob.objects.get()).status == "done"


def test_all_by_one_actor_becomes_a_job(
    client, manager, renamed, reader_user, django_capture_on_commit_callbacks
):
    client.force_login(manager)
    client.post(
        reverse("admin:portal_changeset_revert", args=[renamed.pk]), {"undo": "1"}
    )
    run(RevertJob.objects.get())
    since = timezone.localtime() - timedelta(hours=1)
    query = {"actor": "manager", "since": since.strftime("%Y-%m-%dT%H:%M:%S")}
    shown = client.get(reverse("admin:portal_revert_actor"), query)
    url = reverse("admin:portal_revert_actor") + shown.context["confirm_url"]
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            url,
            {"digest": shown.context["plan"].digest, "change_reason": "All wrong"},
        )
    job = run(RevertJob.objects.first())

    assert (job.status, job.reverts, job.actor_id) == ("done", None, manager.pk)
    assert name_now(reader_user) == "Hanna"


def test_list_costs_the_same_for_many_jobs_as_for_few(
    client, job, django_assert_max_num_queries
):
    url = reverse("admin:portal_revertjob_changelist")
    with django_assert_max_num_queries(20) as few:
        client.get(url)
    job.pk = None
    for _number in range(10):
        job.pk = None
        job.save(force_insert=True)
    with django_assert_max_num_queries(20) as many:
        client.get(url)

    assert len(few) == len(many)
