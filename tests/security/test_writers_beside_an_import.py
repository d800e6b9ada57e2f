"""Writers beside an import: no lock error, and no acknowledged save is lost."""

import pytest
from django.test import Client

from accounts.models import User
from portal.models import ImportJob
from readers.models import Reader
from tests.accounts.reliability.steps import check, commit, upload
from tests.security.sizes import size
from tests.security.writers import Writer

pytestmark = pytest.mark.django_db(transaction=True)

WRITERS, PEOPLE = 8, 3
COLUMNS = ["username", "email", "notes"]


@pytest.fixture
def writers(manager, queue_without_worker):
    """Starts them, each with people and a browser of their own."""
    crew = []
    for number in range(WRITERS):
        names = [f"desk{number}.{n}" for n in range(PEOPLE)]
        people = [User.objects.create_user(name).pk for name in names]
        client = Client()
        client.force_login(manager)
        crew.append((client, f"w{number}", people))
    return lambda seconds: [Writer(*each, seconds) for each in crew]


def new_people(count):
    return [
        {"username": f"new{n}", "email": f"new{n}@example.org", "notes": f"New {n}"}
        for n in range(count)
    ]


def test_saves_beside_an_import_are_all_kept(importer, writers, figure):
    seconds, rows = size("seconds of writing"), size("rows beside writers")
    running = writers(seconds)
    job = commit(check(upload(importer, COLUMNS, new_people(rows))))
    done = [writer.end() for writer in running]
    saves = [save for each in done for save in each.saves]
    # Told first, for they matter most when something was wrong.
    tell(figure, saves)

    assert [error for each in done for error in each.errors] == []
    assert (job.state, job.created_count) == (ImportJob.State.DONE, rows)
    assert User.objects.filter(username__startswith="new").count() == rows
    assert min(len(each.saves) for each in done) >= 1
    assert_kept(saves)
    figure("rows imported meanwhile", rows)


def tell(figure, saves):
    took = sorted(round(1000 * each) for _person, _note, each in saves)
    figure("acknowledged saves", len(took))
    figure("half of the saves within", took[len(took) // 2], "ms")
    figure("99 of 100 saves within (p99)", took[len(took) * 99 // 100], "ms")
    figure("longest save", took[-1], "ms")


def assert_kept(saves):
    """Each with one row of history, and the last one of each person in the table."""
    written = Reader.history.filter(history_type="~")
    notes = written.values_list("user_id", "notes")
    assert sorted(notes) == sorted((person, note) for person, note, _took in saves)
    last = {person: note for person, note, _took in saves}
    assert last == dict(
        Reader.objects.filter(user__in=last).values_list("user_id", "notes")
    )
