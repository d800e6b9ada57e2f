"""Two clicks, two files or two workers at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from django.test import Client

from accounts.models import User
from portal.imports.work import run_import_job
from portal.models import ChangeSet, ImportJob
from readers.models import Reader
from tests.import_steps import check, newest_job, page_of

pytestmark = pytest.mark.django_db(transaction=True)

State = ImportJob.State


@pytest.fixture
def checked(client, importer):
    """Jobs that wait for their review's end."""
    client.force_login(importer)

    def checked(*texts):
        opened = []
        for text in texts:
            check(client, text)
            opened.append(newest_job())
        return opened

    return checked


def at_once(do, *jobs):
    """Where the jobs ended that were done at the same moment."""
    start = threading.Barrier(len(jobs))

    def run(job):
        try:
            start.wait()
            do(job)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        list(pool.map(run, jobs))
    return sorted(ImportJob.objects.values_list("state", flat=True))


def commit(job):
    """A click in a browser of its own."""
    browser = Client()
    browser.force_login(job.owner)
    page = browser.post(page_of(job, "commit"), {"rows": "all"})
    assert page.status_code == 302


def work(job):
    run_import_job.call(job_id=str(job.pk))


def imports():
    return ChangeSet.objects.filter(kind=ChangeSet.Kind.IMPORT)


def names(count):
    return "username\n" + "".join(f"p{i}\n" for i in range(count))


def test_two_clicks_import_once(checked):
    [job] = checked(names(20))

    assert at_once(commit, job, job) == ["done"]
    assert imports().count() == 1
    assert User.objects.filter(username__startswith="p").count() == 20


def test_two_workers_import_once(checked):
    [job] = checked(names(20))
    ImportJob.objects.filter(pk=job.pk).update(state=State.COMMITTING)

    assert at_once(work, job, job) == ["done"]
    assert imports().count() == 1
    assert Reader.objects.filter(user__username__startswith="p").count() == 20


def test_two_workers_check_once(checked):
    [job] = checked(names(20))
    job.rows.all().delete()
    ImportJob.objects.filter(pk=job.pk).update(state=State.READING, done=0)

    assert at_once(work, job, job) == ["ready"]
    job.refresh_from_db()
    assert (job.created_count, job.rows.count()) == (20, 20)


def test_the_same_file_twice_imports_one(checked):
    assert at_once(commit, *checked(names(20), names(20))) == ["done", "ready"]
    assert imports().count() == 1
    assert Reader.objects.filter(user__username__startswith="p").count() == 20


def test_two_files_with_the_same_new_person_import_one(checked):
    files = checked(
        *(f"username,first_name\nnew.one,{name}\n" for name in ("Zoë", "Zora"))
    )

    assert at_once(commit, *files) == ["done", "ready"]
    assert User.objects.get(username="new.one").first_name in ("Zoë", "Zora")
    [waiting] = ImportJob.objects.filter(state=State.READY)
    [row] = waiting.rows.all()
    assert "is already that of new.one" in row.problems["username"][0]


def test_two_files_that_change_the_same_person_import_one(checked, reader_user):
    files = checked(
        *(f"username,first_name\nanna.berg,{name}\n" for name in ("Anne", "Anke"))
    )

    assert at_once(commit, *files) == ["done", "ready"]
    [waiting] = ImportJob.objects.filter(state=State.READY)
    [row] = waiting.rows.all()
    assert "was changed after the check" in row.problems[""][0]
