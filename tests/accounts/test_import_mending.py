"""Rows changed by hand in the review: left out, taken in, with another cell."""

import pytest
from django.test import Client

from accounts.models import User
from portal.models import ImportJob
from tests.import_steps import (
    check,
    confirm,
    newest_job,
    page_of,
    press,
    rows_of,
    text_of,
)

pytestmark = pytest.mark.django_db

State = ImportJob.State
THREE = "username,first_name,phone\na.one,Anna,\na.two,Zoë,\na.three,Li,12\n"


@pytest.fixture(autouse=True)
def _signed_in(client, importer):
    client.force_login(importer)


@pytest.fixture
def job(client):
    check(client, THREE)
    return newest_job()


def outcomes(job):
    return [row.outcome for row in rows_of(job)]


def left_out(job):
    return [row.number for row in rows_of(job) if row.is_left_out]


def tick(client, job, query="", **data):
    return press(client, page_of(job, "ticks") + query, data)


def mend(client, job, number, **cells):
    data = {f"cell-{name.removeprefix('c')}": text for name, text in cells.items()}
    return press(client, page_of(job, "row", number), data)


# --- Refusals --------------------------------------------------------------------


def test_nothing_is_mended_after_the_import(client, job):
    confirm(client, job, rows="good")
    ticked = tick(client, job, shown=[2, 3])
    mended = mend(client, job, 4, c2="")

    assert "Nothing more to do here: Imported." in text_of(ticked)
    assert mended.request["PATH_INFO"] == page_of(job, "result")
    assert (left_out(job), outcomes(job)[2]) == ([], "error")


@pytest.mark.parametrize("number", [1, 5, 9_999_999])
def test_a_row_that_is_not_there_is_not_found(client, job, number):
    assert client.get(page_of(job, "row", number)).status_code == 404
    assert client.post(page_of(job, "row", number)).status_code == 404


def test_a_row_of_a_fixture_has_no_cells_to_mend(client):
    check(client, '[{"model": "accounts.user", "fields": {"username": "zoe"}}]')

    assert client.get(page_of(newest_job(), "row", 1)).status_code == 404


def test_a_look_at_a_row_changes_nothing(client, job):
    page = client.get(page_of(job, "row", 4), {"cell-2": ""})

    assert "«12» is no phone number" in text_of(page)
    assert outcomes(job) == ["create", "create", "error"]


def test_mending_needs_a_token(importer, job):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(importer)

    assert strict.post(page_of(job, "row", 4), {"cell-2": ""}).status_code == 403


def test_a_cell_that_is_still_wrong_is_told_again(client, job):
    page = mend(client, job, 4, c2="34")

    assert "Row 4 was checked again: In error." in text_of(page)
    assert "«34» is no phone number" in text_of(page)
    assert (job.rows.count(), newest_job().error_count) == (3, 1)


def test_a_row_in_error_is_not_taken_in(client, job):
    tick(client, job, shown=[4], row=[4])
    tick(client, job, "?show=error", take_in="")

    assert outcomes(job)[2] == "error"
    confirm(client, job, rows="good")
    assert not User.objects.filter(username="a.three").exists()


def test_a_mended_row_may_do_no_more_than_any_other(client, job, root):
    page = mend(client, job, 4, c0="root", c2="")

    assert "stands above you" in text_of(page)
    assert outcomes(job)[2] == "error"


# --- Ticks -----------------------------------------------------------------------


def test_rows_without_their_tick_are_left_out(client, job):
    page = tick(client, job, shown=[2, 3], row=[3])

    assert "1 row was changed." in text_of(page)
    assert left_out(job) == [2]
    assert (newest_job().created_count, newest_job().skipped_count) == (1, 1)


def test_what_is_left_out_is_not_written(client, job):
    tick(client, job, shown=[2, 3], row=[3])
    confirm(client, job, rows="good")

    assert not User.objects.filter(username="a.one").exists()
    assert User.objects.filter(username="a.two").exists()


def test_a_tick_takes_a_row_in_again(client, job):
    tick(client, job, shown=[2, 3], row=[3])
    tick(client, job, shown=[2], row=[2])

    assert left_out(job) == []
    assert newest_job().created_count == 2


def test_rows_that_were_not_shown_stay_as_they_are(client, job):
    tick(client, job, shown=[2])
    tick(client, job, shown=[3], row=[3])

    assert left_out(job) == [2]


def test_all_of_a_filter_are_left_out_and_taken_in(client, job):
    tick(client, job, "?show=create&q=Anna", leave_out="")
    assert left_out(job) == [2]
    tick(client, job, "?show=create", leave_out="")
    assert left_out(job) == [2, 3]

    tick(client, job, "?show=left-out&q=Zoë", take_in="")
    assert left_out(job) == [2]


def test_leaving_a_row_out_frees_what_it_would_have(client):
    check(client, "username,email\na.one,x@example.org\na.two,x@example.org\n")
    job = newest_job()
    assert outcomes(job) == ["create", "error"]

    tick(client, job, shown=[2])

    assert outcomes(job) == ["create", "create"]
    assert (left_out(job), newest_job().error_count) == ([2], 0)


def test_taking_it_in_again_takes_it_back(client):
    check(client, "username,email\na.one,x@example.org\na.two,x@example.org\n")
    job = newest_job()
    tick(client, job, shown=[2])

    tick(client, job, "?show=left-out", take_in="")

    assert outcomes(job) == ["create", "error"]


# --- Another cell ----------------------------------------------------------------


def test_a_mended_row_leads_back_to_the_filter(client, job):
    url = page_of(job, "row", 4) + "?show=error"
    page = press(client, url, {"cell-2": "+44 20 7946 0958"})

    assert "Row 4 was checked again: New." in text_of(page)
    assert page.request["PATH_INFO"] == page_of(job, "review")
    assert page.request["QUERY_STRING"] == "show=error"


def test_a_mended_row_goes_in_with_its_other_cells(client, job):
    mend(client, job, 4, c2="+44 20 7946 0958")
    confirm(client, job)

    made = User.objects.get(username="a.three")
    assert (made.first_name, made.reader.phone.as_e164) == ("Li", "+442079460958")
    assert (job.state, job.created_count) == (State.DONE, 3)


def test_another_rows_clash_goes_away(client):
    check(client, "username,email\na.one,x@example.org\na.two,x@example.org\n")
    job = newest_job()

    mend(client, job, 2, c1="y@example.org")

    assert outcomes(job) == ["create", "create"]
    assert newest_job().error_count == 0


def test_another_rows_clash_comes_up(client, job):
    mend(client, job, 4, c0="A.ONE", c2="")

    [text] = rows_of(job)[2].problems["username"]
    assert "stands in row 2 already" in text


def test_a_row_can_become_another_person(client, job, reader_user):
    mend(client, job, 4, c0="anna.berg", c2="")

    row = rows_of(job)[2]
    assert (row.outcome, row.person_id) == ("update", reader_user.pk)
    assert row.changes == {"first_name": ["Anna", "Li"]}


def test_an_older_look_than_the_mending_is_shown_anew(client, job):
    seen = client.get(page_of(job, "review")).context["seen"]
    tick(client, job, shown=[2, 3], row=[3])
    page = press(client, page_of(job, "commit"), {"rows": "good", "seen": seen})

    assert "The rows have changed since you looked. Look again." in text_of(page)
    assert newest_job().state == State.READY


def test_a_cell_mended_since_the_look_is_shown_anew(client, job):
    seen = client.get(page_of(job, "review")).context["seen"]
    mend(client, job, 2, c1="Mallory")
    page = press(client, page_of(job, "commit"), {"rows": "good", "seen": seen})

    assert "The rows have changed since you looked. Look again." in text_of(page)
    assert newest_job().state == State.READY


def test_a_file_checked_again_since_the_look_is_shown_anew(client, reader_user):
    check(client, "username,first_name\nanna.berg,Anne\n")
    job = newest_job()
    seen = client.get(page_of(job, "review")).context["seen"]
    User.objects.filter(pk=reader_user.pk).update(first_name="Annika")
    press(client, page_of(job, "check"))
    page = press(client, page_of(job, "commit"), {"rows": "all", "seen": seen})

    assert "The rows have changed since you looked. Look again." in text_of(page)
    assert User.objects.get(pk=reader_user.pk).first_name == "Annika"


def test_what_was_seen_last_is_imported(client, job):
    mend(client, job, 4, c2="")
    seen = client.get(page_of(job, "review")).context["seen"]
    press(client, page_of(job, "commit"), {"rows": "all", "seen": seen})

    assert newest_job().state == State.DONE


def test_a_cell_that_would_give_rights_is_cleared(client):
    check(client, "username,is_staff\na.one,true\n")
    job = newest_job()
    refused = client.get(page_of(job, "row", 2))
    mend(client, job, 2, c1="")

    assert "an import gives nobody rights" in text_of(refused)
    assert outcomes(job) == ["create"]
