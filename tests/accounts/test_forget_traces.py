"""Erasure goes beyond the tables: rows of files, and what exports were searched for."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.urls import reverse

from accounts.models import User
from portal.imports.storage import StoredFileError, stored_file
from portal.models import ExportJob
from tests.import_steps import (
    EXPORT,
    check,
    confirm,
    import_people,
    newest_job,
    rows_of,
)

pytestmark = pytest.mark.django_db

OTHERS = "username,email\nanna.berger,\nhanna.berg,hanna@example.org\n"


@pytest.fixture
def office(client, importer, reader_user):
    client.force_login(importer)
    return client


@pytest.fixture
def forget(reader_user, django_capture_on_commit_callbacks):
    """What Anna is called afterwards."""

    def forget():
        with django_capture_on_commit_callbacks(execute=True):
            call_command(
                "forget_person",
                "anna.berg",
                "--commit",
                "--reason=Asked",
                stdout=StringIO(),
            )
        return f"forgotten-{reader_user.pk}"

    return forget


def names_in(job):
    return [row.username for row in rows_of(job)]


# --- What stays -------------------------------------------------------------------


def test_rows_and_files_of_others_stay(office, forget):
    job = import_people(office, OTHERS)

    forget()

    assert names_in(job) == ["anna.berger", "hanna.berg"]
    assert stored_file(job).exists()


@pytest.mark.parametrize("searched", ["", "?q=hanna", "?q=anna.bergs", "?is_staff=1"])
def test_searches_for_others_stay(office, forget, searched):
    export(office, searched)
    [before] = ExportJob.objects.values("query", "filters")

    forget()

    assert ExportJob.objects.values("query", "filters").get() == before


def test_a_look_removes_nothing(office):
    job = import_people(office, "username,first_name\nanna.berg,Anne\n")

    call_command("forget_person", "anna.berg", stdout=StringIO())

    assert names_in(job) == ["anna.berg"]


# --- What goes --------------------------------------------------------------------


def test_rows_about_the_person_go_with_their_file(office, forget):
    job = import_people(office, f"{OTHERS}Anna.Berg,anne@example.org\n")

    forget()

    assert names_in(job) == ["anna.berger", "hanna.berg"]
    assert job.updated_count == 1
    with pytest.raises(StoredFileError):
        stored_file(job)


@pytest.mark.parametrize(
    "row",
    [
        "a b,,,,anna@example.org,",
        "a b,,,,, ANNA@example.org",
        "an.old.name,,,,,",
        "a.berg,Berg,Anna,1990-05-06,,",
        "a b,ANNA,Berg,1990-05-06,,",
    ],
)
def test_row_is_known_by_what_the_person_alone_had(office, forget, reader_user, row):
    reader_user.reader.birth_date = "1990-05-06"
    reader_user.reader.save()
    for username in ("an.old.name", "anna.berg"):
        reader_user.username = username
        reader_user.save()
    titles = "username,first_name,last_name,birth_date,email,notes"
    check(office, f"{titles}\nnew.one,,,,,\n{row}\n")

    forget()

    assert names_in(newest_job()) == ["new.one"]


def test_waiting_file_does_not_bring_the_person_back(office, forget):
    check(office, "username,first_name\nnew.one,Zoë\nanna.berg,Anne\n")
    job = newest_job()

    forget()
    job.refresh_from_db()
    assert (job.created_count, job.updated_count) == (1, 0)
    confirm(office, job)

    assert job.state == "done"
    assert not User.objects.filter(username="anna.berg").exists()


def test_what_stood_in_the_way_stands_there_no_more(office, forget):
    check(office, "username,email\nanna.berg,a@example.org\nnew.one,a@example.org\n")
    job = newest_job()
    assert job.error_count == 1

    forget()

    job.refresh_from_db()
    assert (job.error_count, job.created_count) == (0, 1)


def test_rows_of_others_tell_of_the_person_no_more(office, forget):
    job = import_people(
        office,
        "username,email,birth_date\nanna.berg,a@example.org,soon\n"
        "new.one,a@example.org,\nnew.two,,\n",
        rows="good",
    )

    name = forget()

    [row, _good] = rows_of(job)
    [problem] = row.problems["email"]
    assert problem == f"«a@example.org» stands in row 2 already, for {name}."


def export(office, searched):
    sent = {"format": "csv", "columns": ["username"]}
    assert office.post(reverse(EXPORT) + searched, sent).status_code == 200


@pytest.mark.parametrize(
    "searched", ["anna.berg", "ANNA", "Anna Berg", "x, anna@example.org."]
)
def test_searches_for_the_person_are_renamed(office, forget, searched):
    export(office, f"?q={searched}&is_staff__exact=0")

    name = forget()

    job = ExportJob.objects.get()
    assert name in job.query and "is_staff__exact=0" in job.query
    assert "Search: " in job.filters and name in job.filters
    assert "anna" not in f"{job.query} {job.filters}".lower()
