"""The preview: what would happen, told to people, and nothing of it done."""

import pytest
from django.db import connection
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils.html import escape

from accounts.imports.people import PEOPLE
from accounts.models import User
from portal.models import ChangeSet, ImportJob
from readers.models import Reader
from tests.import_steps import DISCARD, REVIEW, newest_job, text_of, upload

pytestmark = pytest.mark.django_db

MIXED = (
    "username,first_name,birth_date\n"
    "anna.berg,Anne,\n"
    "new.one,Zoë,1990-01-02\n"
    "new.two,Li,\n"
)


@pytest.fixture(autouse=True)
def _signed_in(client, importer):
    client.force_login(importer)


def shown(client, **query):
    address = reverse(REVIEW, args=[newest_job().pk])
    return client.get(address, query)


def rows_of(page):
    return [row.label for row in page.context["page"]]


def test_a_look_reads_and_nothing_else(importer, reader_user):
    saved = []

    def note(sender, **kwargs):
        saved.append(sender)

    for signal in (pre_save, post_save):
        signal.connect(note)
    with CaptureQueriesContext(connection) as queries:
        PEOPLE.read(MIXED.encode(), "people.csv").check(importer)
    for signal in (pre_save, post_save):
        signal.disconnect(note)

    assert saved == []
    assert {query["sql"].split()[0] for query in queries} == {"SELECT"}


def test_a_look_asks_the_same_for_many_rows_as_for_few(importer):
    def queries_for(count):
        people = User.objects.bulk_create(
            User(username=f"p{count}.{i}", email=f"p{count}.{i}@example.org")
            for i in range(count)
        )
        lines = "".join(f"{p.username},x{p.email},Else\n" for p in people)
        file = PEOPLE.read(f"username,email,notes\n{lines}".encode(), "people.csv")
        with CaptureQueriesContext(connection) as queries:
            file.check(User.objects.get(pk=importer.pk))
        return len(queries)

    assert queries_for(60) == queries_for(3)


def test_an_upload_leaves_people_and_history_alone(client, reader_user):
    before = list(User.objects.values()), list(Reader.objects.values())
    changes = ChangeSet.objects.count()
    upload(client, MIXED)

    assert (list(User.objects.values()), list(Reader.objects.values())) == before
    assert ChangeSet.objects.count() == changes


def test_counts_and_differences_are_shown(client, reader_user):
    page = upload(client, MIXED)

    job = newest_job()
    assert (job.total, job.created_count, job.updated_count) == (3, 2, 1)
    html = page.content.decode()
    assert '<del class="rr-old">Anna</del>' in html
    assert '<ins class="rr-new">Anne</ins>' in html
    assert "Import 3 rows" in text_of(page)


def test_rows_are_filtered_by_outcome(client, reader_user):
    upload(client, MIXED)

    assert rows_of(shown(client, show="update")) == ["anna.berg"]
    assert rows_of(shown(client, show="create")) == ["new.one", "new.two"]
    assert rows_of(shown(client, show="nonsense")) == [
        "anna.berg",
        "new.one",
        "new.two",
    ]


def test_a_page_shows_a_hundred_rows(client):
    lines = "".join(f"person{i:03}\n" for i in range(130))
    page = upload(client, f"username\n{lines}")

    assert len(rows_of(page)) == 100
    assert len(rows_of(shown(client, p=2))) == 30
    assert len(rows_of(shown(client, p="nonsense"))) == 100


def test_rows_in_error_come_first_and_leave_no_way_to_confirm(client):
    page = upload(client, "username,birth_date\ngood.one,\nbad.one,12.03.2024\n")

    assert rows_of(page) == ["bad.one"]
    assert "1 row cannot be imported, so nothing of the file will be" in text_of(page)
    assert "process_import" not in page.content.decode()


def test_what_changes_nothing_offers_no_way_to_confirm(client, reader_user):
    page = upload(client, "username,first_name\nanna.berg,Anna\n")

    assert "everything is already as the file says" in text_of(page)
    assert "process_import" not in page.content.decode()


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "<b x-data @click='$el'>",
    ],
)
def test_text_of_the_file_is_shown_as_text(client, text):
    cell = text.replace('"', '""')
    upload(client, f'username,notes\nnew.one,"{cell}"\n"{cell}",x\n', "<i>.csv")
    html = shown(client, show="all").content.decode()

    # The cell of the first row, and whom the second is about.
    assert html.count(escape(text)) >= 2
    assert text not in html
    assert "<i>" not in html


def test_long_text_is_shortened_for_the_page_only(client):
    page = upload(client, f"username,notes\nnew.one,{'x' * 4000}\n")

    assert "x" * 600 not in page.content.decode()


def test_a_discarded_file_is_gone(client, settings):
    upload(client, MIXED)
    job = newest_job()
    client.post(reverse(DISCARD, args=[job.pk]))

    job.refresh_from_db()
    assert job.status == ImportJob.Status.DISCARDED
    assert list(settings.IMPORT_DIR.iterdir()) == []
    assert "Discarded" in text_of(shown(client))


def test_a_file_that_vanished_is_told_on_the_page(client, settings):
    upload(client, MIXED)
    for path in settings.IMPORT_DIR.iterdir():
        path.unlink()

    assert "The uploaded file is gone" in text_of(shown(client))
