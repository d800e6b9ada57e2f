"""The export page: whom it takes, in which formats, and what never leaves with it."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from openpyxl import load_workbook

from accounts.imports.columns import COLUMNS
from accounts.models import User
from portal.models import ChangeSet
from portal.sheets import WRITABLE
from readers.models import Reader
from tests.import_steps import EXPORT, check, download, newest_job, text_of
from tests.sheets import read_sheet

pytestmark = pytest.mark.django_db

FORMATS = [each.value for each in WRITABLE]
FORMULAS = ["=1+1", "+44", "-1", "@SUM(A1)", "\t=1", "＝1", "'=1", "==1"]


@pytest.fixture(autouse=True)
def _signed_in(client, importer):
    client.force_login(importer)


@pytest.fixture
def people(branch, category):
    """A few people with everything that is hard to keep."""
    made = [
        User.objects.create_user(
            f"person{i}", f"p{i}@Example.org", first_name=name, last_name=formula
        )
        for i, (name, formula) in enumerate(
            zip(
                ["Zoë", "王", "محمد", "Ada", "", "O'Hara", "1e5", "007"],
                FORMULAS,
                strict=True,
            )
        )
    ]
    for user in made[:4]:
        reader = user.reader
        reader.branch, reader.category = branch, category
        reader.notes = 'Two\nlines, "quoted"; and more\t.'
        reader.phone, reader.birth_date = "+442079460958", "1987-05-23"
        reader.save()
    return made


def export(client, format, columns=COLUMNS, query=""):
    address = f"{reverse(EXPORT)}{query}"
    return client.post(address, {"format": format, "columns": columns})


def exported(client, format, *args, **kwargs):
    data = download(export(client, format, *args, **kwargs))
    return read_sheet(data, f"people.{format}")


# --- Refusals --------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"format": "html", "columns": COLUMNS},
        {"format": "csv", "columns": []},
        {"format": "csv", "columns": ["username", "password"]},
        {"format": "csv", "columns": ["is_superuser"]},
    ],
)
def test_what_is_not_offered_is_not_exported(client, data):
    page = client.post(reverse(EXPORT), data)

    assert page.status_code == 200
    assert "attachment" not in page.headers.get("Content-Disposition", "")
    assert page.context["form"].errors


@pytest.mark.parametrize("format", [*FORMATS, "fixture"])
def test_no_password_and_no_right_leaves_the_portal(client, root, format):
    data = download(export(client, format))
    if format == "xlsx":
        book = load_workbook(BytesIO(data))
        data = str([[c.value for c in row] for row in book.active.rows]).encode()

    for secret in ("md5$", root.password, "is_superuser", "is_staff", "last_login"):
        assert secret.encode() not in data


@pytest.mark.parametrize("query", ["?is_active__exact=nonsense&e=2", "?nonsense=1"])
def test_an_address_that_the_list_refuses_leads_to_the_list(client, query):
    page = client.get(f"{reverse(EXPORT)}{query}")

    assert page.status_code in (200, 302)


# --- What leaves -----------------------------------------------------------------


@pytest.mark.parametrize("format", FORMATS)
def test_all_columns_stand_in_their_order(client, people, format):
    sheet = exported(client, format)

    assert sheet.columns == list(COLUMNS)
    assert len(sheet.rows) == User.objects.count()


def test_chosen_columns_stand_in_the_same_order_whatever_was_sent(client, people):
    sheet = exported(client, "csv", ["notes", "email", "username"])

    assert sheet.columns == ["username", "email", "notes"]


def test_the_file_is_named_after_the_day(client):
    disposition = export(client, "ods").headers["Content-Disposition"]

    assert disposition == f'attachment; filename="people-{timezone.localdate()}.ods"'


def test_filters_and_search_of_the_list_hold(client, people):
    User.objects.filter(username="person2").update(is_active=False)
    query = "?is_active__exact=0&q=person"
    sheet = exported(client, "csv", query=query)

    assert [row.cells[0] for row in sheet.rows] == ["person2"]
    assert "1 person: Active: No · Search: person" in text_of(
        client.get(f"{reverse(EXPORT)}{query}")
    )


def test_the_list_hands_its_filters_to_the_export(client, people):
    page = client.get(reverse("admin:accounts_user_changelist"), {"q": "person2"})

    assert f'href="{reverse(EXPORT)}?q=person2"' in page.content.decode()


@pytest.mark.parametrize("format", ["csv", "tsv"])
def test_text_files_are_streamed(client, format):
    response = export(client, format)

    assert response.streaming
    assert download(response).startswith(b"\xef\xbb\xbfusername")


def test_a_formula_is_no_formula_in_csv(client, people):
    lines = download(export(client, "csv", ["last_name"])).decode("utf-8-sig")
    cells = [line.strip('"') for line in lines.splitlines()[1:]]

    assert not [cell for cell in cells if cell[:1] in "=+-@\t＝" and cell]


def test_a_formula_is_no_formula_in_xlsx(client, people):
    book = load_workbook(BytesIO(download(export(client, "xlsx"))))

    types = {cell.data_type for row in book.active.rows for cell in row}
    assert "f" not in types


def test_the_queries_do_not_grow_with_the_people(client, people):
    def queries_of_an_export():
        with CaptureQueriesContext(connection) as queries:
            download(export(client, "csv"))
        return len(queries)

    few = queries_of_an_export()
    User.objects.bulk_create(User(username=f"more{i}") for i in range(30))
    assert queries_of_an_export() == few


def test_a_person_without_a_reader_is_exported(client, people):
    Reader.objects.filter(user=people[0]).delete()
    rows = {row.cells[0]: row.cells for row in exported(client, "csv").rows}

    assert rows["person0"][5:] == [""] * 8


# --- The way back ----------------------------------------------------------------


@pytest.mark.parametrize("format", [*FORMATS, "fixture"])
def test_what_was_exported_comes_back_unchanged(client, manager, people, root, format):
    data = download(export(client, format))
    changes = ChangeSet.objects.count()
    ending = "json" if format == "fixture" else format
    client.force_login(manager)
    page = check(client, data, f"people.{ending}")

    job = newest_job()
    assert (job.total, job.unchanged_count) == (job.unchanged_count, job.total)
    assert job.total >= User.objects.count()
    assert "everything is already as the file says" in text_of(page)
    assert ChangeSet.objects.count() == changes


@pytest.mark.parametrize("rest", [0, 1, 123, 999_999])
def test_a_moment_comes_back_unchanged_whatever_its_second(client, manager, rest):
    User.objects.update(date_joined=datetime(2026, 3, 1, 9, 0, 0, rest, UTC))
    data = download(export(client, "fixture"))
    client.force_login(manager)
    check(client, data, "people.json")

    assert newest_job().updated_count == 0


def test_json_holds_the_same_texts_as_the_table(client, people):
    rows = json.loads(download(export(client, "json")))

    assert rows[-1]["username"] == "person7"
    assert rows[-1]["first_name"] == "007"
