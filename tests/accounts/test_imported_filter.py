"""The people list, filtered by an import: only for whom that import is to be seen."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse, reverse_lazy

from portal.models import ImportJob
from readers.models import Reader
from tests.accounts.limited import limited_staff
from tests.import_steps import check, import_people, newest_job, page_of

pytestmark = pytest.mark.django_db

LIST = reverse_lazy("admin:accounts_user_changelist")
FILE = "username,last_name,notes\nnew.one,One,\nnew.two,Two,\nanna.berg,,Kind\n"


@pytest.fixture
def job(client, importer, reader_user):
    """Two new people, and one whose Reader alone is changed."""
    reader_user.last_name = ""
    reader_user.save()
    client.force_login(importer)
    job = import_people(client, FILE, "june.csv")
    assert (job.created_count, job.updated_count) == (2, 1)
    return job


def listed(client, job, **more):
    page = client.get(LIST, {"imported": job.pk, **more})
    return [person.username for person in page.context["cl"].result_list]


def offered(client, **chosen):
    [found] = [
        spec
        for spec in client.get(LIST, chosen).context["cl"].filter_specs
        if "imported" in spec.expected_parameters()
    ]
    return [label for _key, label in found.lookup_choices]


# --- Refusals ---------------------------------------------------------------------


def test_import_of_somebody_else_shows_nobody(client, job, front_desk):
    client.force_login(front_desk)

    assert listed(client, job) == []
    page = client.get(LIST, {"imported": job.pk})
    assert "june.csv" not in page.content.decode()


def test_who_is_limited_knows_their_own_imports_alone(client, job):
    """The name of a file tells of people."""
    client.force_login(limited_staff("north.auditor", "Auditor", "NORTH"))

    assert offered(client, imported=job.pk) == []
    assert listed(client, job) == []


@pytest.mark.parametrize("sent", ["x", "0", "é" * 300, "' OR 1=1"])
def test_what_is_no_import_shows_nobody(client, job, sent):
    page = client.get(LIST, {"imported": sent})

    assert list(page.context["cl"].result_list) == []


def test_import_that_wrote_nothing_is_not_offered(client, job):
    check(client, "username\nnew.three\n", "july.csv")

    assert offered(client) == ["june.csv"]
    assert listed(client, newest_job()) == []


# --- What it shows ----------------------------------------------------------------


@pytest.mark.parametrize("who", ["importer", "auditor", "root"])
def test_people_of_an_import_are_listed(request, client, job, who):
    client.force_login(request.getfixturevalue(who))

    assert listed(client, job) == ["anna.berg", "new.one", "new.two"]
    assert listed(client, job, q="two") == ["new.two"]
    assert offered(client) == ["june.csv"]


def test_result_leads_to_its_people(client, job):
    page = client.get(page_of(job, "result")).content.decode()

    assert f'href="{LIST}?imported={job.pk}"' in page


def test_deleted_people_are_not_listed(client, job):
    Reader.objects.get(user__username="new.one").user.delete()

    assert listed(client, job) == ["anna.berg", "new.two"]


def test_people_of_an_import_are_exported(client, job):
    sent = {"format": "csv", "columns": ["username"]}
    url = reverse("admin:accounts_user_export")

    data = client.post(f"{url}?imported={job.pk}", sent).getvalue().decode("utf-8-sig")

    assert data.split() == ["username", "anna.berg", "new.one", "new.two"]


def test_import_of_long_ago_is_named_when_it_is_chosen(client, job):
    later = [
        ImportJob(
            target=job.target,
            owner=job.owner,
            file_name=f"{n}.csv",
            finished_at=job.finished_at + timedelta(days=n),
            change_set=job.change_set,
        )
        for n in range(1, 31)
    ]
    ImportJob.objects.bulk_create(later)

    assert "june.csv" not in offered(client)
    assert "june.csv" in offered(client, imported=job.pk)


# --- Cost -------------------------------------------------------------------------


def test_cost_does_not_grow_with_the_imports_and_their_people(client, job):
    def queries(imported):
        with CaptureQueriesContext(connection) as captured:
            assert client.get(LIST, {"imported": imported}).status_code == 200
        return len(captured)

    queries(job.pk)
    of_three = queries(job.pk)
    rows = "".join(f"more.{n},More,\n" for n in range(60))
    many = import_people(client, f"username,last_name,notes\n{rows}")
    copies = [
        ImportJob(
            target=job.target, owner=job.owner, state="done", change_set=job.change_set
        )
        for _n in range(50)
    ]
    ImportJob.objects.bulk_create(copies)

    assert queries(many.pk) == of_three
