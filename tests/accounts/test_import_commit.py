"""The commit: what was shown, once, by whom it was shown to, all of it or nothing."""

import os
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.db import OperationalError, connection
from django.test import TestCase
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.imports.watch import expire, take_up_again
from portal.models import ChangeSet, ImportJob
from readers.models import Branch, Reader
from tests.import_steps import (
    check,
    confirm,
    import_people,
    newest_job,
    page_of,
    press,
    text_of,
    uploaded,
)

pytestmark = pytest.mark.django_db

State = ImportJob.State
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
    check(client, TWO + "bad one,Bo\n")
    page = confirm(client, newest_job())

    assert "Nothing was imported: there are rows in error." in text_of(page)
    assert newest_job().state == State.READY
    assert nothing_written()


def test_a_second_click_is_told_so(client):
    check(client, TWO)
    job = newest_job()
    confirm(client, job)
    page = confirm(client, job)

    assert "Nothing more to do here: Imported." in text_of(page)
    assert imports().count() == 1
    assert User.objects.filter(username="new.one").count() == 1


def test_a_discarded_file_is_not_committed(client):
    check(client, TWO)
    job = newest_job()
    press(client, page_of(job, "cancel"))
    page = confirm(client, job)

    assert "Nothing more to do here: Cancelled." in text_of(page)
    assert nothing_written()


def test_a_file_that_is_not_checked_is_not_committed(client):
    job = uploaded(client, TWO)
    confirm(client, job)

    assert job.state == State.UPLOADED
    assert nothing_written()


def test_what_was_reviewed_is_written_whatever_becomes_of_the_file(client, settings):
    check(client, TWO)
    job = newest_job()
    path = settings.IMPORT_DIR / f"{job.pk}.upload"
    path.write_text(TWO.replace("Anne", "Mallory"))
    confirm(client, job)

    assert job.state == State.DONE
    assert User.objects.get(username="anna.berg").first_name == "Anne"


def test_a_file_that_was_changed_on_disk_is_not_checked(client, settings):
    check(client, TWO)
    job = newest_job()
    path = settings.IMPORT_DIR / f"{job.pk}.upload"
    path.write_text(TWO.replace("Anne", "Mallory"))
    page = press(client, page_of(job, "check"))

    job.refresh_from_db()
    assert "not what was uploaded" in text_of(page)
    assert job.state == State.FAILED


def test_a_change_meanwhile_is_told_and_not_overwritten(client):
    check(client, TWO)
    job = newest_job()
    User.objects.filter(username="anna.berg").update(first_name="Annika")
    page = confirm(client, job)

    assert "This person was changed after the check" in text_of(page)
    assert User.objects.get(username="anna.berg").first_name == "Annika"
    assert (job.state, job.error_count) == (State.READY, 1)
    assert not imports().exists()


def test_good_rows_go_in_without_who_changed_meanwhile(client):
    check(client, TWO)
    job = newest_job()
    User.objects.filter(username="anna.berg").update(first_name="Annika")
    confirm(client, job, rows="good")

    assert (job.state, job.created_count, job.error_count) == (State.DONE, 1, 1)
    assert User.objects.get(username="anna.berg").first_name == "Annika"
    assert User.objects.filter(username="new.one").exists()


def test_a_change_of_the_reader_meanwhile_is_one_too(client, reader_user):
    check(client, TWO)
    job = newest_job()
    reader_user.reader.notes = "Likes maps"
    reader_user.reader.save()
    confirm(client, job)

    assert (job.state, job.error_count) == (State.READY, 1)
    assert nothing_written()


def test_somebody_deleted_meanwhile_is_told(client, reader_user):
    check(client, TWO)
    job = newest_job()
    reader_user.delete()
    page = confirm(client, job)

    assert "This person was deleted after the check." in text_of(page)
    assert not imports().exists()


def test_what_is_checked_again_can_be_committed(client):
    check(client, TWO)
    job = newest_job()
    User.objects.filter(username="anna.berg").update(first_name="Annika")
    confirm(client, job)
    press(client, page_of(job, "check"))
    confirm(client, job)

    assert job.state == State.DONE
    assert User.objects.get(username="anna.berg").first_name == "Anne"


def test_an_older_look_than_the_last_is_shown_anew(client):
    check(client, TWO)
    job = newest_job()
    page = press(client, page_of(job, "commit"), {"seen": "9.9.9.9.9"})

    assert "The rows have changed since you looked. Look again." in text_of(page)
    assert nothing_written()


def test_a_right_lost_meanwhile_stops_the_import(client, importer):
    check(client, TWO)
    job = newest_job()
    importer.groups.clear()
    assert client.post(page_of(job, "commit")).status_code == 403

    assert nothing_written()


def test_a_right_lost_before_the_worker_comes_stops_the_import(client, importer):
    check(client, TWO)
    job = newest_job()
    with TestCase.captureOnCommitCallbacks(execute=True):
        client.post(page_of(job, "commit"), {"rows": "all"})
        importer.groups.clear()

    job.refresh_from_db()
    assert (job.state, nothing_written()) == (State.READY, True)
    assert "importer may no longer import people." in job.error


@pytest.mark.parametrize("rows", ["all", "good"])
def test_somebody_raised_above_meanwhile_is_not_changed(client, rows):
    check(client, "username,first_name\nanna.berg,Anne\n")
    job = newest_job()
    User.objects.filter(username="anna.berg").update(is_superuser=True)
    confirm(client, job, rows)

    [row] = job.rows.all()
    assert "stands above you" in row.problems[""][0]
    assert nothing_written()


def test_a_name_taken_meanwhile_is_told(client):
    check(client, "username,first_name\nnew.one,Zoë\n")
    job = newest_job()
    User.objects.create_user("New.One", first_name="Else")
    page = confirm(client, job)

    assert "«new.one» is already that of New.One." in text_of(page)
    assert (job.state, job.error_count) == (State.READY, 1)
    assert User.objects.get(username="New.One").first_name == "Else"


def test_good_rows_go_in_without_a_name_taken_meanwhile(client):
    check(client, "username\nnew.one\nnew.two\n")
    job = newest_job()
    User.objects.create_user("New.One")
    confirm(client, job, rows="good")

    assert (job.state, job.created_count, job.error_count) == (State.DONE, 1, 1)
    assert User.objects.filter(username="new.two").exists()


@contextmanager
def no_readers_can_be_written(error):
    """The last table of a commit: everything else was written already."""

    def fail(execute, sql, *args):
        if sql.startswith(f'INSERT INTO "{Reader._meta.db_table}"'):
            raise error
        return execute(sql, *args)

    with connection.execute_wrapper(fail):
        yield


def test_a_crash_leaves_nothing_and_the_job_says_so(client, caplog):
    check(client, TWO)
    job = newest_job()
    with no_readers_can_be_written(ZeroDivisionError("in the middle")):
        page = confirm(client, job)

    assert job.state == State.READY
    assert "Nothing was imported: It broke off. The log of the worker" in text_of(page)
    assert "in the middle" in caplog.text
    assert nothing_written()


def test_a_busy_database_leaves_the_job_to_the_next_worker(client):
    check(client, TWO)
    job = newest_job()
    with no_readers_can_be_written(OperationalError("database is locked")):
        confirm(client, job)
    assert job.state == State.COMMITTING
    assert nothing_written()

    ImportJob.objects.update(heartbeat_at=timezone.now() - timedelta(minutes=5))
    with TestCase.captureOnCommitCallbacks(execute=True):
        take_up_again()
    job.refresh_from_db()
    assert (job.state, nothing_written()) == (State.DONE, False)


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


def test_the_job_tells_what_became_of_the_file(client):
    job = import_people(client, TWO)

    assert job.state == State.DONE
    assert (job.total, job.created_count, job.updated_count) == (2, 1, 1)
    assert job.finished_at is not None


def test_the_result_counts_and_links_to_every_change(client, manager):
    client.force_login(manager)
    check(client, TWO)
    page = confirm(client, newest_job())

    assert "New 1 Changed 1 Unchanged 0 Skipped or left out 0 In error 0" in text_of(
        page
    )
    change_set = reverse("admin:portal_changeset_change", args=[imports().get().pk])
    assert f'href="{change_set}"' in page.content.decode()


def test_who_may_not_read_history_gets_no_link_to_it(client):
    check(client, TWO)
    page = confirm(client, newest_job())

    assert "portal/changeset" not in page.content.decode()


def test_what_changes_nothing_leaves_no_change_set(client):
    job = import_people(client, "username,first_name\nanna.berg,Anna\n")

    assert (job.state, job.change_set) == (State.DONE, None)
    assert nothing_written()


def test_people_are_created_by_others_after_an_import(client):
    """The stock after-import hook rewinds PostgreSQL's sequences."""
    with CaptureQueriesContext(connection) as queries:
        import_people(client, TWO)

    assert not any("setval" in query["sql"].lower() for query in queries)
    assert User.objects.create_user("another.one").pk


def test_a_new_branch_does_not_come_from_a_sheet(client):
    import_people(client, "username,branch\nnew.one,NOWHERE\n", rows="good")

    assert not Branch.objects.exists()


# --- What becomes of old files ---------------------------------------------------


def aged(client, settings, days):
    """A file that was checked so long ago."""
    check(client, TWO)
    job = newest_job()
    then = timezone.now() - timedelta(days=days)
    ImportJob.objects.filter(pk=job.pk).update(created_at=then)
    for path in settings.IMPORT_DIR.iterdir():
        os.utime(path, (then.timestamp(), then.timestamp()))
    job.refresh_from_db()
    return job


def test_a_file_nobody_went_on_with_expires(client, settings):
    old = aged(client, settings, settings.IMPORT_KEEP_DAYS + 1)
    expire()

    old.refresh_from_db()
    assert old.state == State.CANCELLED
    assert list(settings.IMPORT_DIR.iterdir()) == []


def test_a_file_within_its_days_does_not_expire(client, settings):
    job = aged(client, settings, settings.IMPORT_KEEP_DAYS - 1)
    expire()

    job.refresh_from_db()
    assert (job.state, job.rows.count()) == (State.READY, 2)
    assert len(list(settings.IMPORT_DIR.iterdir())) == 1


def test_the_rows_of_an_old_import_go_and_its_people_stay(client, settings):
    job = aged(client, settings, settings.IMPORT_KEEP_DAYS + 1)
    confirm(client, job)
    ImportJob.objects.filter(pk=job.pk).update(finished_at=job.created_at)
    expire()

    assert job.rows.count() == 0
    assert not nothing_written()


def test_the_folder_is_for_the_portal_alone(client, settings):
    check(client, TWO)

    assert settings.IMPORT_DIR.stat().st_mode & 0o777 == 0o700
    modes = {path.stat().st_mode & 0o777 for path in settings.IMPORT_DIR.iterdir()}
    assert modes == {0o600}
