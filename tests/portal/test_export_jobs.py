"""Exports as jobs: who may order, watch and take them, and what comes of each."""

import os
import stat
import tracemalloc
from datetime import timedelta
from pathlib import Path
from unittest import mock

import pytest
from django.contrib.auth.models import Group
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.imports.columns import COLUMNS
from accounts.models import User
from accounts.resources import PersonResource
from portal.exports import watch
from portal.exports.work import run_export_job
from portal.models import ChangeSet, ExportJob
from readers.models import Reader
from tests.import_steps import EXPORT, download, text_of
from tests.sheets import read_sheet

pytestmark = pytest.mark.django_db

PEOPLE_LIST = "admin:accounts_user_changelist"
LIST = "admin:portal_exportjob_changelist"


@pytest.fixture(autouse=True)
def large(settings):
    """Everything counts as large, and waits until the test lets the worker run."""
    settings.EXPORT_NOW_ROWS = 0
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }


@pytest.fixture
def people(branch, category):
    made = [User.objects.create_user(f"p{n}", last_name="=1+1") for n in range(5)]
    Reader.objects.filter(user=made[0]).update(
        branch=branch,
        category=category,
        phone="+442079460958",
        birth_date="1987-05-23",
        notes="Two\nlines",
    )
    Reader.objects.filter(user=made[1]).update(phone="no phone at all")
    Reader.objects.filter(user=made[2]).delete()
    return made


def export(client, query="", **sent):
    sent = {"format": "csv", "columns": COLUMNS, **sent}
    return client.post(f"{reverse(EXPORT)}{query}", sent)


@pytest.fixture
def job(client, importer, people):
    client.force_login(importer)
    export(client)
    return ExportJob.objects.get()


def run(job):
    run_export_job.call(job_id=str(job.pk))
    job.refresh_from_db()
    return job


def page(job, name="change"):
    return reverse(f"admin:portal_exportjob_{name}", args=[job.pk])


def take(client, job):
    return client.get(page(job, "download"))


def cells_of(response):
    return [row.cells for row in read_sheet(download(response), "a.csv").rows]


def files(settings):
    folder = Path(settings.EXPORT_DIR)
    return sorted(path.name for path in folder.iterdir()) if folder.exists() else []


def lose(user, what):
    roles = {"the right to export": "Front desk", "all but a look": "Auditor"}
    if what in roles:
        user.groups.set([Group.objects.get(name=roles[what])])
    elif what == "the right to view":
        role = Group.objects.get(name="Importer")
        lost = ["view_user", "change_user"]
        role.permissions.set(role.permissions.exclude(codename__in=lost))
    elif what == "the account":
        User.objects.filter(pk=user.pk).delete()
    else:
        flag = {"staff": "is_staff", "activity": "is_active"}[what]
        User.objects.filter(pk=user.pk).update(**{flag: False})


RIGHTS = ["the right to export", "the right to view", "all but a look"]


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize("what", RIGHTS)
def test_order_without_the_rights_is_refused(client, importer, people, what):
    lose(importer, what)
    client.force_login(importer)

    assert export(client).status_code == 403
    sent = {"action": "export_selected", "_selected_action": [people[0].pk]}
    client.post(reverse(PEOPLE_LIST), sent | {"format": "csv", "columns": COLUMNS})
    assert not ExportJob.objects.exists()


@pytest.mark.parametrize("name", ["change", "progress", "download", "cancel", "again"])
def test_job_of_another_exporter_is_nowhere(client, job, name):
    other = User.objects.create_user("other", is_staff=True)
    other.groups.set([Group.objects.get(name="Importer")])
    client.force_login(other)
    answer = client.post if name in ("cancel", "again") else client.get

    assert answer(page(run(job), name)).status_code == 404
    assert job.file_name not in client.get(reverse(LIST)).content.decode()


@pytest.mark.parametrize("who", ["bystander", "front_desk"])
def test_staff_without_the_right_sees_no_export(request, client, job, who):
    client.force_login(request.getfixturevalue(who))

    for address in (reverse(LIST), page(job), page(job, "progress")):
        assert client.get(address).status_code == 403


@pytest.mark.parametrize("who", ["auditor", "manager", "root"])
def test_who_may_see_all_exports_takes_none_of_others(request, client, job, who):
    run(job)
    client.force_login(request.getfixturevalue(who))

    assert "importer" in text_of(client.get(reverse(LIST)))
    assert page(job, "download") not in client.get(page(job)).content.decode()
    assert take(client, job).status_code == 403
    assert client.post(page(job, "cancel")).status_code == 403


@pytest.mark.parametrize("what", [*RIGHTS, "staff", "activity", "the account"])
def test_who_may_no_longer_export_gets_no_file_when_it_is_made(
    settings, job, importer, what
):
    lose(importer, what)
    run(job)

    assert (job.state, job.done) == ("failed", 0)
    assert "importer may no longer export" in job.error
    assert files(settings) == []


@pytest.mark.parametrize("what", RIGHTS)
def test_who_may_no_longer_export_takes_no_file_that_was_made(
    client, job, importer, what
):
    run(job)
    lose(importer, what)

    assert take(client, job).status_code == 403


def test_download_of_what_is_not_made_leads_back_to_the_page(client, job):
    assert take(client, job).url == page(job)


def test_file_that_is_too_old_is_not_handed_out(client, settings, job):
    run(job)
    long_ago = timezone.now() - timedelta(days=8)
    ExportJob.objects.update(finished_at=long_ago)

    assert take(client, job).url == page(job)
    assert "no file any more" in text_of(client.get(page(job)))


def test_cancelling_and_starting_again_need_a_post_and_a_token(client, job, importer):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(importer)
    for name in ("cancel", "again"):
        assert client.get(page(job, name)).status_code == 405
        assert strict.post(page(job, name)).status_code == 403

    job.refresh_from_db()
    assert job.state == "waiting"


def test_job_that_lives_is_not_started_again(client, job):
    now = timezone.now()
    ExportJob.objects.update(state="running", heartbeat_at=now)

    assert client.post(page(job, "again")).status_code == 403


@pytest.mark.parametrize("verb", ["add", "delete"])
def test_nobody_adds_or_deletes_exports(client, job, root, verb):
    client.force_login(root)
    args = [job.pk] if verb == "delete" else []
    address = reverse(f"admin:portal_exportjob_{verb}", args=args)

    assert client.post(address, {"post": "yes"}).status_code == 403
    assert ExportJob.objects.exists()


# --- What is recorded ------------------------------------------------------------


def test_order_writes_who_what_and_which(client, importer, people):
    client.force_login(importer)
    response = export(client, "?q=p1&is_active__exact=1", columns=["email", "notes"])
    job = ExportJob.objects.get()

    assert response.url == page(job)
    assert (job.owner, job.owner_name, job.target) == (
        importer,
        "importer",
        "accounts.user",
    )
    assert (job.format, job.columns, job.total, job.state) == (
        "csv",
        ["email", "notes"],
        1,
        "waiting",
    )
    assert job.query == "q=p1&is_active__exact=1"
    assert job.filters == "Active: Yes · Search: p1"


def test_small_list_is_handed_out_at_once_and_recorded(client, settings, importer):
    settings.EXPORT_NOW_ROWS = 5000
    client.force_login(importer)
    changes = ChangeSet.objects.count()
    response = export(client, columns=["username"])

    assert cells_of(response) == [["importer"]]
    job = ExportJob.objects.get()
    assert (job.state, job.done, job.total) == ("done", 1, 1)
    assert ChangeSet.objects.count() == changes


def test_related_filters_are_told_by_their_names(client, importer, people, branch):
    client.force_login(importer)
    query = f"?reader__branch__id__exact={branch.pk}&expiry=never"
    query += "&reader__joined_on_from=2020-01-01&email__exact="
    export(client, query)

    assert ExportJob.objects.get().filters == (
        "Branch: Main library · Expiry: Never expires · Joined: ≥ 2020-01-01"
        " · E-mail: empty"
    )


# --- Those who are ticked --------------------------------------------------------


def ticked(client, people, **sent):
    keys = [person.pk for person in people]
    chosen = {"action": "export_selected", "_selected_action": keys, **sent}
    return client.post(reverse(PEOPLE_LIST), chosen)


def test_ticking_shows_the_page_first_and_orders_nothing(client, importer, people):
    client.force_login(importer)
    shown = ticked(client, people[:2])

    assert "2 people: Chosen one by one" in text_of(shown)
    assert not ExportJob.objects.exists()


def test_ticked_people_alone_are_exported(client, importer, people):
    client.force_login(importer)
    response = ticked(client, people[3:], format="csv", columns=["username"])
    job = run(ExportJob.objects.get())

    assert response.url == page(job)
    assert cells_of(take(client, job)) == [["p3"], ["p4"]]


def test_everyone_on_the_filtered_list_can_be_ticked(client, importer, people):
    client.force_login(importer)
    sent = {"action": "export_selected", "_selected_action": [people[0].pk]}
    sent |= {"select_across": "1", "format": "csv", "columns": ["username"]}
    client.post(f"{reverse(PEOPLE_LIST)}?q=%3D1", sent)
    job = run(ExportJob.objects.get())

    assert job.filters == "Search: =1"
    assert len(cells_of(take(client, job))) == 5


# --- The file --------------------------------------------------------------------


def test_worker_makes_the_texts_of_the_resource(client, job, people):
    rows = cells_of(take(client, run(job)))

    resource = PersonResource()
    everyone = User.objects.with_reader().order_by("username")
    assert rows == [resource.export_resource(person) for person in everyone]
    assert (job.state, job.done) == ("done", len(rows))


def test_what_was_shown_is_what_is_exported(client, job, people):
    User.objects.create_user("a.newcomer")
    User.objects.filter(username="p3").delete()
    User.objects.filter(username="p4").update(is_active=False, last_name="Later")
    rows = {row[0]: row for row in cells_of(take(client, run(job)))}

    assert set(rows) == {"importer", "p0", "p1", "p2", "p4"}
    assert rows["p4"][3:5] == ["Later", "false"]
    assert (job.done, job.total) == (5, 6)
    assert "5 rows were written" in text_of(client.get(page(job)))


def test_fixture_of_a_large_list_is_made_by_the_worker(client, importer, people):
    client.force_login(importer)
    export(client, format="fixture")
    job = run(ExportJob.objects.get())
    data = download(take(client, job))

    assert data.count(b'"accounts.user"') == job.total == job.done == 6
    assert data.count(b'"readers.branch"') == 1


def test_file_is_named_by_the_job_and_private(settings, job):
    run(job)
    path = Path(settings.EXPORT_DIR) / str(job.pk)

    assert files(settings) == [str(job.pk)]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_formula_is_no_formula(client, job):
    lines = download(take(client, run(job))).decode("utf-8-sig").splitlines()

    assert any("'=1+1" in line for line in lines)
    assert not any(",=1+1" in line for line in lines)


def test_queries_grow_with_the_batches_alone(job, people):
    with CaptureQueriesContext(connection) as few:
        run(job)
    User.objects.bulk_create(User(username=f"more{n}") for n in range(300))
    client = Client()
    client.force_login(job.owner)
    export(client)
    second = ExportJob.objects.first()
    with CaptureQueriesContext(connection) as many:
        run(second)

    assert second.done > 300
    assert len(many) == len(few)


def test_memory_does_not_grow_with_the_people(client, importer):
    client.force_login(importer)
    peaks = []
    for more in (2000, 4000):
        User.objects.bulk_create(User(username=f"{more}-{n}") for n in range(more))
        export(client)
        tracemalloc.start()
        run(ExportJob.objects.first())
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()

    assert ExportJob.objects.first().done == 6001
    assert peaks[1] < 1.2 * peaks[0]


def test_what_the_format_cannot_hold_fails_with_its_place(client, settings, importer):
    settings.EXPORT_NOW_ROWS = 5000
    Reader.objects.filter(user=importer).update(notes="a\x01b")
    client.force_login(importer)
    shown = export(client, format="ods")
    job = ExportJob.objects.get()

    assert (job.state, files(settings)) == ("failed", [])
    assert "row 2, column notes" in job.error
    assert "row 2, column notes" in text_of(shown)


# --- How it goes on --------------------------------------------------------------


def test_page_shows_a_bar_while_the_worker_has_it(client, job):
    shown = client.get(page(job)).content.decode()

    assert f'data-job-progress="{page(job, "progress")}"' in shown
    assert "The worker has not begun yet." in shown


def test_progress_tells_rows_rate_and_time_left(client, job):
    began = timezone.now() - timedelta(seconds=10)
    ExportJob.objects.update(state="running", started_at=began, done=2000, total=10_000)
    told = client.get(page(job, "progress")).json()

    assert (told["state"], told["done"], told["total"]) == ("running", 2000, 10_000)
    assert (told["is_finished"], told["rate"]) == (False, pytest.approx(200, abs=10))
    assert told["seconds_left"] == pytest.approx(40, abs=3)
    assert told["text"].startswith("2,000 of 10,000 rows · ")


def test_finished_page_has_no_bar_and_offers_the_download(client, job):
    shown = client.get(page(run(job))).content.decode()

    assert "data-job-progress" not in shown
    assert page(job, "download") in shown
    assert client.get(page(job, "progress")).json()["is_finished"] is True


def test_cancelled_job_is_not_made(client, settings, job):
    client.post(page(job, "cancel"))
    run(job)

    assert (job.state, files(settings)) == ("cancelled", [])
    assert "It was cancelled" in text_of(client.get(page(job)))


def test_job_that_is_cancelled_while_it_runs_leaves_no_file(settings, job):
    def cancel_it(*args, **kwargs):
        ExportJob.objects.update(state="cancelled")
        return 1

    with mock.patch("os.fsync", side_effect=cancel_it):
        run(job)

    assert job.state == "cancelled"
    assert [name for name in files(settings) if not name.endswith(".keys")] == []


def test_finished_job_cannot_be_cancelled(client, settings, job):
    client.post(page(run(job), "cancel"))
    job.refresh_from_db()

    assert (job.state, files(settings)) == ("done", [str(job.pk)])


def test_job_that_runs_twice_is_made_once(settings, job):
    run(job)
    before = (job.lease, job.attempts)
    run(job)

    assert (job.lease, job.attempts) == before


def test_job_of_a_killed_worker_is_taken_up_again(client, settings, job):
    long_ago = timezone.now() - timedelta(hours=1)
    ExportJob.objects.update(state="running", heartbeat_at=long_ago, lease=job.pk)
    left = Path(settings.EXPORT_DIR) / f"{job.pk}.{job.pk}.part"
    left.write_bytes(b"half")
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}
    }

    assert watch.take_up_again() == 1
    job.refresh_from_db()
    assert (job.state, files(settings)) == ("done", [str(job.pk)])


def test_job_of_a_living_worker_is_left_to_it(job):
    ExportJob.objects.update(state="running", heartbeat_at=timezone.now())

    assert watch.take_up_again() == 0
    assert run(job).state == "running"


def test_job_that_kills_its_workers_is_given_up(job):
    ExportJob.objects.update(attempts=5)

    assert run(job).state == "failed"
    assert "never came to an end" in job.error


def test_owner_starts_a_silent_job_again(
    client, job, django_capture_on_commit_callbacks
):
    ExportJob.objects.update(created_at=timezone.now() - timedelta(hours=1))
    with django_capture_on_commit_callbacks() as callbacks:
        client.post(page(job, "again"))

    assert len(callbacks) == 1


# --- The disk --------------------------------------------------------------------


def full(path, flags, *args, **kwargs):
    """As `os.open`, on a disk that is full."""
    return real_open("/dev/full", os.O_RDWR)


real_open = os.open


def test_full_disk_fails_the_job_with_a_clear_text(client, settings, job):
    with mock.patch("os.open", full):
        run(job)

    assert job.state == "failed"
    assert "disk of the server is full" in job.error
    assert "disk of the server is full" in text_of(client.get(page(job)))
    assert files(settings) == []


@pytest.mark.parametrize("format", ["xlsx", "ods", "json", "fixture"])
def test_full_disk_leaves_no_part_in_any_format(client, importer, settings, format):
    client.force_login(importer)
    export(client, format=format)
    with mock.patch("os.open", full):
        job = run(ExportJob.objects.get())

    assert (job.state, files(settings)) == ("failed", [])
    assert "disk of the server is full" in job.error


def test_order_on_a_full_disk_is_refused_on_the_page(client, settings, importer):
    client.force_login(importer)
    with mock.patch("os.open", full):
        shown = export(client)

    assert "disk of the server is full" in text_of(shown)
    assert not ExportJob.objects.exists()
    assert files(settings) == []


def test_files_go_after_their_days_and_the_record_stays(client, settings, job):
    run(job)
    long_ago = timezone.now() - timedelta(days=8)
    ExportJob.objects.update(finished_at=long_ago)
    path = Path(settings.EXPORT_DIR) / str(job.pk)
    os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))
    watch.expire()
    job.refresh_from_db()

    assert (job.state, files(settings)) == ("expired", [])
    assert job.file_name in text_of(client.get(reverse(LIST)))


def test_list_costs_the_same_for_many_exports_as_for_few(client, job):
    client.get(reverse(LIST))
    with CaptureQueriesContext(connection) as few:
        client.get(reverse(LIST))
    for _number in range(10):
        job.pk = None
        job.save(force_insert=True)
    with CaptureQueriesContext(connection) as many:
        client.get(reverse(LIST))

    assert len(many) == len(few)
