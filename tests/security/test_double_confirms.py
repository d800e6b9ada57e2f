"""Double confirms: exactly the rows of one import, whoever confirms how often.

Each round brings in people of its own; posts and workers start at the same moment.
"""

from itertools import cycle

import pytest
from django.test import Client

from accounts.models import User
from portal.models import ChangeSet, ImportJob
from tests.accounts.reliability.steps import check, run, upload
from tests.at_once import in_threads
from tests.import_steps import page_of
from tests.security.sizes import size

pytestmark = pytest.mark.django_db(transaction=True)

ROWS = 5


@pytest.fixture
def browsers(importer, manager, queue_without_worker):
    """Ten windows of one person, and one of another."""
    windows = [Client() for _ in range(10)]
    other = Client()
    for window in windows:
        window.force_login(importer)
    other.force_login(manager)
    return windows, other


def unnamed_people(mark):
    """Nothing but the portal keeps them from coming in twice: names are made."""
    return [{"first_name": mark, "notes": mark}] * ROWS


def named_people(mark):
    return [
        {"username": f"{mark}.{n}", "email": f"{mark}.{n}@example.org", "notes": mark}
        for n in range(ROWS)
    ]


def ready_job(owner, people):
    columns = list(people[0])
    template = "" if "username" in columns else "{first}"
    return check(upload(owner, columns, people, username_template=template))


def press_import(window, job):
    sent = {"rows": "all", "change_reason": "As the office asked"}
    return window.post(page_of(job, "commit"), sent).status_code


def presses(windows, job):
    return [lambda w=window: press_import(w, job) for window in windows]


def work(*jobs):
    """Two workers at each job at once."""
    fresh = [ImportJob.objects.get(pk=job.pk) for job in jobs * 2]
    in_threads(*[lambda j=job: run(j) for job in fresh])


def by_one_twice(mark, importer, manager, windows, other):
    job = ready_job(importer, unnamed_people(mark))
    return in_threads(*presses(windows[:2], job)), [job]


def by_one_ten_times(mark, importer, manager, windows, other):
    job = ready_job(importer, unnamed_people(mark))
    return in_threads(*presses(windows, job)), [job]


def by_two(mark, importer, manager, windows, other):
    """The same file, brought in by both."""
    mine, theirs = (ready_job(o, named_people(mark)) for o in (importer, manager))
    calls = presses(windows[:1], mine) + presses([other], theirs)
    return in_threads(*calls), [mine, theirs]


def by_two_twice(mark, importer, manager, windows, other):
    mine, theirs = (ready_job(o, named_people(mark)) for o in (importer, manager))
    calls = presses(windows[:2], mine) + presses([other, other], theirs)
    return in_threads(*calls), [mine, theirs]


WAYS = [by_one_twice, by_one_ten_times, by_two, by_two_twice]


def test_import_confirmed_many_times_is_done_once(importer, manager, browsers, figure):
    posts = 0
    for number, way in zip(range(size("double confirms")), cycle(WAYS), strict=False):
        mark, before = f"r{number}x", ChangeSet.objects.latest("pk").pk
        answers, jobs = way(mark, importer, manager, *browsers)
        work(*jobs)
        # Once more, when it is done.
        answers += in_threads(*presses(browsers[0][:2], jobs[0]))
        work(*jobs)
        posts += len(answers)

        assert set(answers) == {302}, (mark, answers)
        assert User.objects.filter(reader__notes=mark).count() == ROWS
        states = sorted(ImportJob.objects.get(pk=job.pk).state for job in jobs)
        assert states == ["done", "ready"][: len(jobs)], mark
        made = ChangeSet.objects.filter(pk__gt=before)
        assert [each.created_count for each in made] == [2 * ROWS], mark
    figure("imports confirmed again and again", number + 1)
    figure("confirmations", posts)
    figure("rows too many or too few", 0)
