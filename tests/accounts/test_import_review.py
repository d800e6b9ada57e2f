"""The review: what would happen, told to people, and nothing of it done."""

import pytest
from django.db import connection
from django.db.models.signals import post_save, pre_save
from django.test.utils import CaptureQueriesContext
from django.utils.html import escape

from accounts.models import User
from portal.models import ChangeSet, ImportJob
from readers.models import Reader
from tests.import_steps import (
    check,
    choose,
    confirm,
    newest_job,
    page_of,
    press,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db

MIXED = (
    "username,first_name,birth_date\n"
    "anna.berg,Anne,\n"
    "new.one,Zoë,1990-01-02\n"
    "new.two,Li,\n"
)
COMMIT = 'id="commit"'


@pytest.fixture(autouse=True)
def _signed_in(client, importer):
    client.force_login(importer)


def shown(client, **query):
    return client.get(page_of(newest_job(), "review"), query)


def labels_of(page):
    return [row.label.partition(" ")[0] for row in page.context["rows"]]


# --- A look changes nothing ------------------------------------------------------


def test_a_check_and_a_review_leave_people_and_history_alone(client, reader_user):
    saved = []

    def note(sender, **kwargs):
        saved.append(sender)

    before = list(User.objects.values()), list(Reader.objects.values())
    changes = ChangeSet.objects.count()
    for signal in (pre_save, post_save):
        signal.connect(note)
    check(client, MIXED)
    shown(client)
    for signal in (pre_save, post_save):
        signal.disconnect(note)

    assert (list(User.objects.values()), list(Reader.objects.values())) == before
    assert ChangeSet.objects.count() == changes
    assert not {User, Reader} & set(saved)


def test_a_check_asks_the_same_for_many_rows_as_for_few(client):
    def queries_for(count):
        people = User.objects.bulk_create(
            User(username=f"p{count}.{i}", email=f"p{count}.{i}@example.org")
            for i in range(count)
        )
        lines = "".join(f"{p.username},x{p.email},Else\n" for p in people)
        upload(client, f"username,email,notes\n{lines}")
        job = newest_job()
        with CaptureQueriesContext(connection) as queries:
            choose(client, job)
        assert job.updated_count == count
        return len([each for each in queries if "import_row" not in each["sql"]])

    queries_for(2)
    assert queries_for(60) == queries_for(3)


# --- What is shown ---------------------------------------------------------------


def test_counts_and_differences_are_shown(client, reader_user):
    page = check(client, MIXED)

    job = newest_job()
    assert (job.total, job.created_count, job.updated_count) == (3, 2, 1)
    html = page.content.decode()
    assert '<del class="rr-old">Anna</del>' in html
    assert '<ins class="rr-new">Anne</ins>' in html
    assert "Import 3 rows" in text_of(page)


def test_rows_are_filtered_by_outcome(client, reader_user):
    check(client, MIXED)

    assert labels_of(shown(client, show="update")) == ["anna.berg"]
    assert labels_of(shown(client, show="create")) == ["new.one", "new.two"]
    assert labels_of(shown(client, show="nonsense")) == [
        "anna.berg",
        "new.one",
        "new.two",
    ]


def test_rows_are_filtered_by_the_column_that_is_affected(client, reader_user):
    check(client, MIXED)

    assert labels_of(shown(client, field="birth_date")) == ["new.one"]
    assert len(labels_of(shown(client, field="first_name"))) == 3
    assert len(labels_of(shown(client, field="nonsense"))) == 3


def test_rows_in_error_are_filtered_by_their_column(client):
    check(client, "username,phone,birth_date\na.one,12,\na.two,,soon\n")

    assert labels_of(shown(client, field="phone")) == ["a.one"]
    assert labels_of(shown(client, field="birth_date")) == ["a.two"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zOË", ["new.one"]),
        ("1990-01", ["new.one"]),
        ("NEW.", ["new.one", "new.two"]),
        ("4", ["new.two"]),
        ("9" * 30, []),
        ("100%", []),
        ("%", []),
    ],
)
def test_rows_are_filtered_by_text(client, reader_user, text, found):
    check(client, MIXED)

    assert labels_of(shown(client, show="all", q=text)) == found


def test_filters_stand_together(client, reader_user):
    check(client, MIXED)

    look = {"show": "create", "field": "birth_date", "q": "new"}
    assert labels_of(shown(client, **look)) == ["new.one"]


def test_somebody_who_may_be_there_already_is_pointed_out(client, reader_user):
    Reader.objects.filter(user=reader_user).update(birth_date="1990-01-02")
    check(
        client,
        "username,first_name,last_name,birth_date\nab,Anna,Berg,1990-01-02\n",
    )
    page = shown(client, show="remarked")

    assert labels_of(page) == ["ab"]
    assert "This may be anna.berg, who exists already" in text_of(page)
    assert newest_job().error_count == 0


def test_one_person_under_two_spellings_is_pointed_out(client):
    head = "username,first_name,last_name,birth_date\n"
    check(
        client,
        f"{head}a.one,Anna,Müller,1990-01-02\na.two,ANNA,Mueller,1990-01-02\n",
    )

    assert labels_of(shown(client, show="remarked")) == ["a.two"]


def test_a_page_shows_fifty_rows(client):
    lines = "".join(f"person{i:03}\n" for i in range(80))
    page = check(client, f"username\n{lines}")

    assert len(labels_of(page)) == 50
    assert len(labels_of(shown(client, p=2))) == 30
    assert len(labels_of(shown(client, p="nonsense"))) == 50


def test_a_page_of_long_rows_stays_under_150_kb(client, people):
    page = check(client, long_rows(people))

    assert [len(row.changes) for row in page.context["rows"]] == [13 - 4] * 50
    assert len(page.content) < 150_000


def test_a_page_of_long_rows_in_error_stays_under_150_kb(client):
    lines = "".join(
        f"{'x' * 200} {i},{'é' * 200},{'ü' * 200},{'@' * 300},{'9' * 60},soon,"
        f"{'x' * 40},yes and no\n"
        for i in range(50)
    )
    head = "username,first_name,last_name,email,card_number,birth_date,phone,is_active"
    page = check(client, f"{head}\n{lines}")

    assert newest_job().error_count == 50
    assert len(page.content) < 150_000


def test_the_queries_of_a_page_do_not_grow_with_its_rows(client):
    def queries_for(count):
        lines = "".join(f"q{count}.{i},x,12\n" for i in range(count))
        check(client, f"username,notes,phone\n{lines}")
        with CaptureQueriesContext(connection) as queries:
            assert len(labels_of(shown(client))) == count
        return len(queries)

    assert queries_for(40) == queries_for(3)


def test_rows_in_error_come_first_and_the_others_may_go_in_alone(client):
    page = check(client, "username,phone\ngood.one,\nbad.one,12\n")

    assert labels_of(page) == ["bad.one"]
    assert "All rows or none (not while 1 row is in error)" in text_of(page)
    assert "Import 1 row" in text_of(page)


def test_what_changes_nothing_offers_no_way_to_confirm(client, reader_user):
    page = check(client, "username,first_name\nanna.berg,Anna\n")

    assert "everything is already as the file says" in text_of(page)
    assert COMMIT not in page.content.decode()


def test_a_file_of_errors_alone_offers_no_way_to_confirm(client):
    page = check(client, "username,phone\nbad.one,12\n")

    assert "No row can be imported as it is." in text_of(page)
    assert COMMIT not in page.content.decode()


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
    check(client, f'username,notes\nnew.one,"{cell}"\n"{cell}",x\n', "<i>.csv")
    html = shown(client, show="all").content.decode()
    mended = client.get(page_of(newest_job(), "row", 3)).content.decode()

    # The cell of the first row, and whom the second is about.
    assert html.count(escape(text)) >= 2
    assert escape(text) in mended
    assert text not in html + mended
    assert "<i>" not in html + mended


def test_long_text_is_shortened_for_the_page_only(client):
    page = check(client, f"username,notes\nnew.one,{'x' * 4000}\n")
    confirm(client, newest_job())

    assert "x" * 600 not in page.content.decode()
    assert User.objects.get(username="new.one").reader.notes == "x" * 4000


def test_a_discarded_file_is_gone(client, settings):
    check(client, MIXED)
    job = newest_job()
    press(client, page_of(job, "cancel"))

    job.refresh_from_db()
    assert (job.state, job.rows.count()) == (ImportJob.State.CANCELLED, 0)
    assert list(settings.IMPORT_DIR.iterdir()) == []
    assert "Cancelled" in text_of(client.get(page_of(job, "review"), follow=True))


def test_a_review_needs_the_file_no_longer(client, settings):
    check(client, MIXED)
    for path in settings.IMPORT_DIR.iterdir():
        path.unlink()

    assert len(labels_of(shown(client))) == 3


def test_a_file_that_vanished_is_told_when_it_is_wanted_again(client, settings):
    check(client, MIXED)
    for path in settings.IMPORT_DIR.iterdir():
        path.unlink()
    page = press(client, page_of(newest_job(), "check"))

    assert "The uploaded file is no longer there. Upload it again." in text_of(page)


@pytest.fixture
def people(db):
    """As long as they can be."""
    made = User.objects.bulk_create(
        User(username=f"p{i}", first_name="<" * 150, last_name='"' * 150)
        for i in range(50)
    )
    Reader.objects.filter(user__in=made).update(
        notes="&" * 5000,
        birth_date="1990-01-02",
        expires_on="2090-01-02",
        phone="+442079460958",
    )
    return made


def long_rows(people):
    """Each changes what it can."""
    lines = "".join(
        f"{p.username},{'é' * 150},{'王' * 150},{p.username}{'m' * 50}@example.org,"
        f"{'🙂' * 2000},1991-01-02,2091-01-02,+442079460959,LONG{p.pk}-{'7' * 20},no\n"
        for p in people
    )
    return (
        "username,first_name,last_name,email,notes,birth_date,expires_on,phone,"
        f"card_number,is_active\n{lines}"
    )
