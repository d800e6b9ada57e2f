"""`manage.py make_people_file`: what it makes can be imported."""

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from portal.models import ImportJob
from portal.sheets import WRITABLE
from tests.sheets import read_sheet

pytestmark = pytest.mark.django_db
ROWS = 60
# Where username, e-mail and card number stand.
UNIQUE = (0, 1, 5)


@pytest.fixture
def make(tmp_path, branch, category):
    def make(*args, name="made.csv", rows=ROWS):
        path = tmp_path / name
        call_command("make_people_file", str(path), "--rows", str(rows), *args)
        return path

    return make


def cells(path):
    return [row.cells for row in read_sheet(path.read_bytes(), path.name).rows]


def bring_in(path, *args):
    call_command("import_people", str(path), "--actor", "importer", *args)
    return ImportJob.objects.latest("created_at")


def test_name_that_tells_no_format_is_refused(make):
    with pytest.raises(CommandError, match="end the name with one of csv"):
        make(name="made.doc")


@pytest.mark.parametrize("share", ["-0.1", "1.1", "some", "nan"])
def test_share_that_is_none_is_refused(make, share):
    with pytest.raises(CommandError, match="a number from 0 to 1"):
        make("--errors", share)


def test_fewer_rows_than_none_are_refused(make):
    with pytest.raises(CommandError, match="cannot be less than 0"):
        make(rows=-1)


def test_place_that_cannot_be_written_is_told(make):
    with pytest.raises(CommandError, match="cannot be written"):
        make(name="no/made.csv")


@pytest.mark.parametrize("format", WRITABLE)
def test_every_format_has_the_same_people(make, format):
    made = make("--format", format.value, name="made")

    assert cells(made.rename(f"{made}.{format.value}")) == cells(make())


def test_seed_decides(make):
    first = cells(make("--seed", "7"))

    assert cells(make("--seed", "7")) == first


def test_another_seed_makes_others(make):
    first, other = cells(make("--seed", "7")), cells(make("--seed", "8"))

    for column in UNIQUE:
        mine = {row[column] for row in first} - {""}
        assert mine.isdisjoint(row[column] for row in other)


def test_everybody_can_be_imported(make, importer):
    job = bring_in(make(), "--commit")

    assert (job.created_count, job.error_count) == (ROWS, 0)


def test_some_rows_are_bad_when_that_is_asked_for(make, importer):
    with pytest.raises(SystemExit):
        bring_in(make("--errors", "1"))

    assert ImportJob.objects.get().error_count == ROWS


def test_some_rows_change_people_who_are_there(make, importer):
    bring_in(make(rows=10), "--commit")
    job = bring_in(make("--updates", "1", "--seed", "2", rows=10))

    assert (job.updated_count, job.created_count) == (10, 0)


def test_people_with_rights_are_left_alone(make, importer, root, manager):
    made = cells(make("--updates", "1"))

    staff = set(User.objects.filter(is_staff=True).values_list("username", flat=True))
    assert staff.isdisjoint(row[0] for row in made)
