"""The commit: what was shown, once, by whom it was shown to, all of it or nothing."""

import os
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.models import ChangeSet, ImportJob
from readers.models import Branch, Reader
from tests.import_steps import (
    DISCARD,
    PROCESS,
    confirm,
    import_people,
    newest_job,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db

TWO = "username,first_name\nanna.berg,Anne\nnew.one,Zoë\n"


@pytest.fixture(autouse=True)
def _signed_in(client, importer, reader_user):
    client.force_login(importer)


def imports():
    return ChangeSet.objects.filter(kind=ChangeSet.Kind.IMPORT)


def nothing_written():
    anna = User.objects.get(username="anna.berg")
    return (
        anna.first_name == "Anna"
        and not User.objects.filter(username="new.one").exists()
        and not imports().exists()
    )


# --- Refusals --------------------------------------------------------------------


def test_rows_in_error_keep_the_good_rows_out_too(client):
    upload(client, TWO + "bad one,Bo\n")
    page = confirm(client, newest_job())

    assert "Nothing was written: there are rows in error." in text_of(page)
    assert newest_job().is_waiting
    assert nothing_written()


def test_a_second_click_is_told_so(client):
    upload(client, TWO)
    job = newest_job()
    confirm(client, job)
    page = confirm(client, job)

    assert "Nothing more to do: Committed." in text_of(page)
    assert imports().count() == 1
    assert User.objects.filter(username="new.one").count() == 1


def test_a_discarded_file_is_not_committed(client):
    upload(client, TWO)
    job = newest_job()
    client.post(reverse(DISCARD, args=[job.pk]))
    page = confirm(client, job)

    assert "Nothing more to do: Discarded." in text_of(page)
    assert nothing_written()


def test_a_file_that_was_changed_on_disk_is_not_committed(client, settings):
    upload(client, TWO)
    job = newest_job()
    path = settings.IMPORT_DIR / f"{job.pk}.upload"
    path.write_text(TWO.replace("Anne", "Mallory"))
    page = confirm(client, job)

    job.refresh_from_db()
    assert "not what was uploaded" in text_of(page)
    assert (job.status, list(settings.IMPORT_DIR.iterdir())) == ("failed", [])
    assert nothing_written()


def test_a_file_that_is_gone_is_not_committed(client, settings):
    upload(client, TWO)
    job = newest_job()
    (settings.IMPORT_DIR / f"{job.pk}.upload").unlink()
    page = confirm(client, job)

    assert "no longer there" in text_of(page)
    assert nothing_written()


def test_a_change_meanwhile_shows_the_file_anew(client):
    upload(client, TWO)
    job = newest_job()
    User.objects.filter(username="anna.berg").update(first_name="Annika")
    page = confirm(client, job)

    assert "people have changed since you looked" in text_of(page)
    assert '<del class="rr-old">Annika</del>' in page.content.decode()
    assert not imports().exists()


def test_what_was_shown_anew_can_be_committed(client):
    upload(client, TWO)
    job = newest_job()
    User.objects.filter(username="anna.berg").update(first_name="Annika")
    confirm(client, job)
    confirm(client, job)

    job.refresh_from_db()
    assert job.status == ImportJob.Status.COMMITTED
    assert User.objects.get(username="anna.berg").first_name == "Anne"


def test_an_older_look_than_the_last_is_shown_anew(client):
    upload(client, TWO)
    job = newest_job()
    page = client.post(reverse(PROCESS), {"job": job.pk, "seen": "0" * 64}, follow=True)

    assert "Please look again" in text_of(page)
    assert nothing_written()


def test_a_right_lost_meanwhile_stops_the_import(client, importer):
    upload(client, TWO)
    job = newest_job()
    importer.groups.clear()
    assert client.post(reverse(PROCESS), {"job": job.pk}).status_code == 403

    assert nothing_written()


def test_somebody_raised_above_meanwhile_stops_the_import(client):
    upload(client, TWO)
    job = newest_job()
    User.objects.filter(username="anna.berg").update(is_superuser=True)
    page = confirm(client, job)

    assert "stands above you" in text_of(page)
    assert nothing_written()


def test_a_name_taken_meanwhile_shows_the_file_anew(client):
    upload(client, "username,first_name\nnew.one,Zoë\n")
    job = newest_job()
    User.objects.create_user("New.One", first_name="Else")
    page = confirm(client, job)

    assert "people have changed since you looked" in text_of(page)
    job.refresh_from_db()
    assert (job.created_count, job.updated_count) == (0, 1)


def test_a_crash_leaves_nothing_and_the_job_says_so(client, monkeypatch, caplog):
    upload(client, TWO)
    job = newest_job()

    def crash(*args, **kwargs):
        raise ZeroDivisionError("in the middle")

    monkeypatch.setattr(Reader, "save", crash)
    page = confirm(client, job)

    job.refresh_from_db()
    assert job.status == ImportJob.Status.FAILED
    assert "Nothing was written; the log has the cause." in text_of(page)
    assert "in the middle" in caplog.text
    assert nothing_written()


def test_a_busy_database_leaves_the_file_waiting(client, monkeypatch):
    upload(client, TWO)
    job = newest_job()

    def busy(*args, **kwargs):
        raise OperationalError("database is locked")

    with monkeypatch.context() as patch:
        patch.setattr(Reader, "save", busy)
        page = confirm(client, job)
    assert "The database was busy. Nothing was written" in text_of(page)
    assert nothing_written()

    confirm(client, job)
    assert not nothing_written()


# --- What a commit leaves --------------------------------------------------------


def test_everything_is_one_change_set_with_its_reason(client, importer):
    job = import_people(client, TWO)

    [made] = imports()
    assert job.change_set == made
    assert (made.actor_id, made.subject) == (importer.pk, "people.csv")
    assert made.reason == "As the office asked"
    assert (made.created_count, made.changed_count) == (2, 1)


def test_user_and_reader_have_one_row_of_history_each(client):
    job = import_people(client, TWO)

    made = User.objects.get(username="new.one")
    assert [row.change_set for row in made.history.all()] == [job.change_set]
    assert [row.change_set for row in made.reader.history.all()] == [job.change_set]


def test_the_job_tells_what_became_of_the_file(client, settings):
    job = import_people(client, TWO)

    assert job.status == ImportJob.Status.COMMITTED
    assert (job.total, job.created_count, job.updated_count) == (2, 1, 1)
    assert job.finished_at is not None
    assert list(settings.IMPORT_DIR.iterdir()) == []


def test_the_result_counts_and_links_to_every_change(client, manager):
    client.force_login(manager)
    upload(client, TWO)
    page = confirm(client, newest_job())

    assert "Imported: 1 new, 1 changed, 0 unchanged." in text_of(page)
    change_set = reverse("admin:portal_changeset_change", args=[imports().get().pk])
    assert f'href="{change_set}"' in page.content.decode()


def test_who_may_not_read_history_gets_no_link_to_it(client):
    upload(client, TWO)
    page = confirm(client, newest_job())

    assert "portal/changeset" not in page.content.decode()


def test_what_changes_nothing_leaves_no_change_set(client):
    job = import_people(client, "username,first_name\nanna.berg,Anna\n")

    assert (job.status, job.change_set) == (ImportJob.Status.COMMITTED, None)
    assert nothing_written()


def test_people_are_created_by_others_after_an_import(client):
    """The stock after-import hook rewinds PostgreSQL's sequences."""
    with CaptureQueriesContext(connection) as queries:
        import_people(client, TWO)

    assert not any("setval" in query["sql"].lower() for query in queries)
    assert User.objects.create_user("another.one").pk


def test_a_new_category_does_not_come_from_a_sheet(client):
    import_people(client, "username,branch\nnew.one,NOWHERE\n")

    assert not Branch.objects.exists()


# --- What is never committed -----------------------------------------------------


def test_a_file_nobody_reviewed_expires_at_the_next_upload(client, settings):
    upload(client, TWO)
    old = newest_job()
    long_ago = timezone.now() - timedelta(hours=25)
    ImportJob.objects.filter(pk=old.pk).update(created_at=long_ago)
    for path in settings.IMPORT_DIR.iterdir():
        os.utime(path, (long_ago.timestamp(), long_ago.timestamp()))
    upload(client, TWO)

    old.refresh_from_db()
    assert old.status == ImportJob.Status.EXPIRED
    kept = {path.name.partition(".")[0] for path in settings.IMPORT_DIR.iterdir()}
    assert kept == {str(newest_job().pk)}


def test_a_fresh_file_does_not_expire(client):
    upload(client, TWO)
    first = newest_job()
    upload(client, TWO)

    first.refresh_from_db()
    assert first.is_waiting


def test_the_folder_is_for_the_portal_alone(client, settings):
    upload(client, TWO)

    assert settings.IMPORT_DIR.stat().st_mode & 0o777 == 0o700
    modes = {path.stat().st_mode & 0o777 for path in settings.IMPORT_DIR.iterdir()}
    assert modes == {0o600}
