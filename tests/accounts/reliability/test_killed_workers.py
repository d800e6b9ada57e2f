"""Workers killed in the middle: the data is as before or as after, and it goes on.

They are killed before each of their statements and on both sides of each of their
commits, and at random moments, which are in the middle of statements too.
"""

import random
import time

import pytest

from accounts.models import User
from portal.history.verify import verify
from portal.imports import jobs
from portal.models import ChangeSet
from tests.accounts.reliability.dying import begin, count_steps, die_at, kill_after
from tests.accounts.reliability.steps import check, go_on, order_commit, upload

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = ["username", "email", "first_name", "notes"]
KNOWN, NAMED, UNNAMED = 15, 15, 10
ALL = KNOWN + NAMED + UNNAMED


@pytest.fixture(autouse=True)
def people(manager, small_chunks):
    User.objects.bulk_create(User(username=f"known{n}") for n in range(KNOWN))


def file_rows(mark, named=NAMED):
    """Nobody from another file is in it, but for those who are changed by each."""
    known = [{"username": f"known{n}", "notes": mark} for n in range(KNOWN)]
    named = [
        {"username": f"{mark}.{n}", "email": f"{mark}.{n}@example.org", "notes": mark}
        for n in range(named)
    ]
    unnamed = [{"first_name": mark, "notes": mark}] * UNNAMED
    return [*known, *named, *unnamed]


def ordered_check(owner, mark, **options):
    rows = file_rows(mark, **options)
    job = upload(owner, COLUMNS, rows, username_template="{first}")
    jobs.order_check(job)
    return job


def ordered_commit(owner, mark, **options):
    rows = file_rows(mark, **options)
    job = check(upload(owner, COLUMNS, rows, username_template="{first}"))
    order_commit(job)
    return job


def written(mark):
    """How many have what the file says."""
    return User.objects.filter(reader__notes=mark).count()


def assert_checked(job, mark, **options):
    names = [row.get("username") for row in file_rows(mark, **options)]
    names[-UNNAMED:] = [mark, *(f"{mark}{n}" for n in range(2, UNNAMED + 1))]
    assert (job.state, job.error, job.done, job.total) == (
        ("ready", "", len(names), len(names))
    )
    assert (job.updated_count, job.created_count) == (KNOWN, len(names) - KNOWN)
    assert list(job.rows.values_list("username", flat=True)) == names


def assert_imported_once(job, mark, before):
    assert (job.state, job.error, job.done) == ("done", "", job.total)
    assert written(mark) == job.total
    assert list(ChangeSet.objects.filter(pk__gt=before)) == [job.change_set]
    assert (job.change_set.created_count, job.change_set.changed_count) == (
        (2 * (job.total - KNOWN), KNOWN)
    )


def test_check_killed_at_any_step_comes_to_its_end(manager):
    before = ChangeSet.objects.count()
    steps = count_steps(ordered_check(manager, "counted"))
    for step in range(steps):
        mark = f"m{step}x"
        job = ordered_check(manager, mark)
        die_at(job, step)
        go_on(job)
        assert_checked(job, mark)

    assert steps > 50
    assert ChangeSet.objects.count() == before


def test_commit_killed_at_any_step_is_done_once(manager):
    steps = count_steps(ordered_commit(manager, "counted"))
    for step in range(steps):
        mark = f"m{step}x"
        job = ordered_commit(manager, mark)
        before = ChangeSet.objects.latest("pk").pk
        die_at(job, step)
        assert written(mark) in {0, ALL}
        go_on(job)
        assert_imported_once(job, mark, before)

    assert steps > 30
    assert verify() == []


@pytest.mark.parametrize("seed", range(7))
def test_check_killed_thrice_at_random_moments_comes_to_its_end(manager, seed):
    moments = random.Random(seed)
    lasts = duration(ordered_check(manager, "timed", named=600))
    job = ordered_check(manager, "mark", named=600)
    for _kill in range(3):
        kill_after(lasts * moments.random(), job)
    go_on(job)

    assert_checked(job, "mark", named=600)


@pytest.mark.parametrize("seed", range(7))
def test_commit_killed_thrice_at_random_moments_is_done_once(manager, seed):
    moments = random.Random(seed)
    lasts = duration(ordered_commit(manager, "timed", named=600))
    job = ordered_commit(manager, "mark", named=600)
    before = ChangeSet.objects.latest("pk").pk
    for _kill in range(3):
        kill_after(lasts * moments.random(), job)
        assert written("mark") in {0, job.total}
    go_on(job)

    assert_imported_once(job, "mark", before)
    assert verify() == []


def duration(job):
    began = time.monotonic()
    begin(job).join()
    return time.monotonic() - began
