"""Two clicks, or two files, at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections

from accounts.imports.people import PEOPLE
from accounts.models import User
from portal.imports import jobs
from portal.models import ChangeSet, ImportJob

pytestmark = pytest.mark.django_db(transaction=True)


def open_job(owner, text):
    return jobs.open_job(
        PEOPLE, owner=owner, file_name="people.csv", data=text.encode()
    )


def commit_at_once(actor, *opened):
    """What became of each, all committed at the same moment."""
    start = threading.Barrier(len(opened))

    def commit(job):
        try:
            job = ImportJob.objects.get(pk=job.pk)
            start.wait()
            jobs.commit_job(PEOPLE, job, actor=actor)
            return "committed"
        except (jobs.NotWaiting, jobs.Outdated) as refused:
            return type(refused).__name__
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(opened)) as pool:
        return sorted(pool.map(commit, opened))


def test_two_clicks_import_once(importer):
    job = open_job(importer, "username\n" + "".join(f"p{i}\n" for i in range(20)))

    assert commit_at_once(importer, job, job) == ["NotWaiting", "committed"]
    assert ChangeSet.objects.filter(kind=ChangeSet.Kind.IMPORT).count() == 1
    assert User.objects.filter(username__startswith="p").count() == 20


def test_two_files_with_the_same_new_people_import_one(importer):
    files = [
        open_job(importer, f"username,first_name\nnew.one,{name}\n")
        for name in ("Zoë", "Zora")
    ]

    assert commit_at_once(importer, *files) == ["Outdated", "committed"]
    assert User.objects.get(username="new.one").first_name in ("Zoë", "Zora")
    assert {job.status for job in ImportJob.objects.all()} == {"checked", "committed"}


def test_two_files_that_change_the_same_person_import_one(importer, reader_user):
    files = [
        open_job(importer, f"username,first_name\nanna.berg,{name}\n")
        for name in ("Anne", "Anke")
    ]

    assert commit_at_once(importer, *files) == ["Outdated", "committed"]
