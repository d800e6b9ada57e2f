"""What changes between the order of an import and the worker's turn."""

import errno
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from accounts.models import User
from portal.imports import jobs
from portal.imports.work import MOST_ATTEMPTS
from portal.models import ChangeSet, ImportJob
from readers.models import Reader
from tests.accounts.reliability.steps import (
    check,
    commit,
    go_on,
    order_commit,
    run,
    upload,
)

pytestmark = pytest.mark.django_db

COLUMNS = ["username", "notes"]
NEW = [{"username": "new.one"}, {"username": "new.two"}]
ANNA = {"username": "anna.berg", "notes": "From the file"}


@pytest.fixture
def uploaded(importer):
    return upload(importer, COLUMNS, NEW)


@pytest.fixture
def ready(importer, reader_user):
    return check(upload(importer, COLUMNS, [ANNA, *NEW]))


def stored(job):
    return Path(django_settings.IMPORT_DIR) / f"{job.pk}.upload"


def lose(owner, what):
    if what == "the right":
        owner.groups.clear()
    elif what == "activity":
        User.objects.filter(pk=owner.pk).update(is_active=False)
    else:
        User.objects.filter(pk=owner.pk).delete()


def is_written():
    return ChangeSet.objects.filter(kind="import").exists()


LOSSES = {
    "the right": "importer may no longer import people.",
    "activity": "Whoever ordered it has no account any more.",
    "the account": "Whoever ordered it has no account any more.",
}


@pytest.mark.parametrize("what", LOSSES)
def test_check_whose_owner_may_no_longer_import_fails(uploaded, importer, what):
    jobs.order_check(uploaded)
    lose(importer, what)
    run(uploaded)

    assert (uploaded.state, uploaded.error) == ("failed", LOSSES[what])


@pytest.mark.parametrize("what", LOSSES)
def test_commit_whose_owner_may_no_longer_import_writes_nothing(ready, importer, what):
    order_commit(ready)
    lose(importer, what)
    run(ready)

    assert ready.state == "ready"
    assert ready.error == f"Nothing was imported: {LOSSES[what]}"
    assert not is_written()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda path: path.unlink(), "no longer there"),
        (lambda path: path.write_bytes(b"username\nother\n"), "not what was uploaded"),
    ],
    ids=["gone", "changed"],
)
def test_stored_file_that_is_not_the_uploaded_one_is_not_checked(
    uploaded, spoil, message
):
    spoil(stored(uploaded))
    check(uploaded)

    assert uploaded.state == "failed"
    assert message in uploaded.error
    assert not uploaded.rows.exists()


def test_job_that_was_begun_too_often_ends(uploaded):
    jobs.order_check(uploaded)
    uploaded.update(attempts=MOST_ATTEMPTS)
    go_on(uploaded)

    assert uploaded.state == "failed"
    assert "was begun 5 times" in uploaded.error


def test_commit_that_was_begun_too_often_can_be_tried_anew(ready):
    order_commit(ready)
    ready.update(attempts=MOST_ATTEMPTS)
    go_on(ready)
    refused = ready.state, "was begun 5 times" in ready.error
    commit(ready)

    assert refused == ("ready", True)
    assert ready.state == "done"


@pytest.mark.parametrize("order", [order_commit, commit])
def test_what_was_confirmed_cannot_be_cancelled(ready, order):
    order(ready)

    with pytest.raises(jobs.WrongState):
        jobs.cancel_job(ready)
    assert ready.state in {"committing", "done"}


def test_cancelled_job_is_not_checked_by_the_worker_that_comes_late(uploaded):
    jobs.order_check(uploaded)
    jobs.cancel_job(uploaded)
    run(uploaded)

    assert uploaded.state == "cancelled"
    assert not stored(uploaded).exists()


def test_person_changed_since_the_check_stops_all_or_is_left_out(ready, reader_user):
    Reader.objects.filter(user=reader_user).update(notes="By hand")
    commit(ready)
    stopped = ready.state, ready.error_count, is_written()
    commit(ready, good_rows_only=True)

    assert stopped == ("ready", 1, False)
    assert (ready.state, ready.created_count, ready.error_count) == ("done", 2, 1)
    assert Reader.objects.get(user=reader_user).notes == "By hand"


def test_person_deleted_since_the_check_is_not_made_anew(ready, reader_user):
    User.objects.filter(pk=reader_user.pk).delete()
    commit(ready)

    assert ready.state == "ready"
    assert "was deleted" in str(ready.rows.first().problems)
    assert not User.objects.filter(username="anna.berg").exists()


def test_full_disk_leaves_neither_job_nor_part_of_a_file(importer):
    def pieces():
        yield b"username\n"
        raise OSError(errno.ENOSPC, "No space left on device")

    with pytest.raises(OSError, match="No space left"):
        jobs.open_job("accounts.user", owner=importer, file_name="x", file=pieces())

    assert not ImportJob.objects.exists()
    assert list(Path(django_settings.IMPORT_DIR).iterdir()) == []
