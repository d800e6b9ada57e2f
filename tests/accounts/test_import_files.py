"""Files that cannot be used, and all the shapes of those that can."""

import pytest
from django.urls import reverse

from accounts.models import User
from portal.models import ImportJob
from portal.sheets import SheetFormat, write_sheet
from tests.import_steps import IMPORT, import_people, newest_job, text_of, upload

pytestmark = pytest.mark.django_db

COLUMNS = ["username", "first_name", "notes"]
ROW = ["zoe.faure", "Zoë", "Likes maps; atlases, too"]


@pytest.fixture(autouse=True)
def _signed_in(client, importer):
    client.force_login(importer)


def refusal(client, content, name="people.csv"):
    """The words of the page that refuses the file."""
    page = upload(client, content, name)
    job = newest_job()
    assert job.status == ImportJob.Status.REFUSED
    assert not User.objects.filter(username="zoe.faure").exists()
    return text_of(page), job


def test_unknown_column_is_named_with_its_likely_meaning(client):
    text, job = refusal(client, "username,fist_name\nzoe.faure,Zoë\n")

    assert "Column fist_name" in text
    assert "Did you mean «first_name»?" in text
    assert "fist_name" in job.error


@pytest.mark.parametrize(
    "column", ["password", "is_superuser", "is_staff", "groups", "id", "pk"]
)
def test_columns_of_rights_and_keys_do_not_exist(client, column):
    text, _job = refusal(client, f"username,{column}\nzoe.faure,1\n")

    assert f"Column {column} There is no such column." in text


def test_missing_username_is_told_with_what_is_there(client):
    text, _job = refusal(client, "first_name,e-mail\nZoë,z@example.org\n")

    assert "The column «username» is missing" in text
    assert "«first_name», «e-mail»" in text


def test_one_column_under_two_names_is_refused(client):
    text, _job = refusal(client, "username,email,E-Mail\nzoe.faure,a,b\n")

    assert "Column E-Mail" in text
    assert "same column as «email»" in text


def test_every_problem_of_the_header_is_told_at_once(client):
    text, _job = refusal(client, "colour,size\nred,9\n")

    assert "Column colour" in text
    assert "Column size" in text
    assert "«username» is missing" in text


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "people.csv", "empty"),
        (b"%PDF-1.7 ...", "people.csv", "PDF"),
        (b"PK\x03\x04 broken", "people.xlsx", "people.xlsx cannot be used"),
        (b"<html><table></table>", "people.xls", "web page"),
        (b'{"username": "zoe.faure"', "people.json", "people.json cannot be used"),
        (b"username\n\xff\xfe\x00\x81\n", "people.csv", "cannot be used"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(client, content, name, message):
    text, _job = refusal(client, content, name)

    assert message in text


def test_more_rows_than_allowed_are_refused_with_the_way_out(client, settings):
    settings.IMPORT_MAX_ROWS = 2
    text, _job = refusal(client, "username\na.one\na.two\nzoe.faure\n")

    assert "more than 2 rows below its header" in text
    assert "manage.py import_people" in text


def test_a_form_without_a_file_asks_for_one(client):
    page = client.post(reverse(IMPORT), {})

    assert "Choose a file first." in text_of(page)
    assert not ImportJob.objects.exists()


def test_a_file_beyond_the_size_is_not_even_read(client):
    page = upload(client, b"x" * (20 * 1024 * 1024 + 1))

    assert "at most 20.0 MiB are read" in text_of(page)
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_is_understood(client, encoding, delimiter):
    lines = [COLUMNS, [ROW[0], ROW[1], f'"{ROW[2]}"']]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    job = import_people(client, text.encode(encoding))

    assert job.status == ImportJob.Status.COMMITTED
    made = User.objects.get(username="zoe.faure")
    assert [made.first_name, made.reader.notes] == ROW[1:]


@pytest.mark.parametrize("format", SheetFormat)
def test_every_format_is_imported(client, format):
    data = write_sheet(format, COLUMNS, [ROW])
    job = import_people(client, data, f"people.{format.value}")

    assert (job.status, job.created_count) == (ImportJob.Status.COMMITTED, 1)
    made = User.objects.get(username="zoe.faure")
    assert [made.first_name, made.reader.notes] == ROW[1:]


def test_how_the_file_was_read_is_told(client):
    page = upload(client, "username;first_name\nzoe.faure;Zoë\n".encode("cp1252"))

    text = text_of(page)
    assert "Read as CSV, Windows-1252 (Western Europe), separated by semicolon." in text
    assert "Check names with accents" in text


@pytest.mark.parametrize(
    "header", ["First name", "FIRST_NAME", "first-name", " first  name ", "Firstname"]
)
def test_headers_may_be_written_as_people_do(client, header):
    import_people(client, f"User Name,{header}\nzoe.faure,Zoë\n")

    assert User.objects.get(username="zoe.faure").first_name == "Zoë"


@pytest.mark.parametrize("ending", ["csv", "tsv", "xlsx", "ods"])
def test_the_template_names_all_columns_and_holds_no_row(client, ending):
    address = reverse("admin:accounts_user_template_import", args=[ending])
    template = client.get(address).content
    page = upload(client, template, f"people.{ending}")

    assert "the file has no rows below its header" in text_of(page)
    assert newest_job().total == 0


@pytest.mark.parametrize("ending", ["json", "exe", "pdf"])
def test_there_is_no_template_in_other_formats(client, ending):
    address = reverse("admin:accounts_user_template_import", args=[ending])

    assert client.get(address).status_code == 404


def test_the_name_of_the_file_is_shown_and_never_used(client, settings):
    upload(client, "username\nzoe.faure\n", "../../<b>evil</b>\n.csv")

    job = newest_job()
    kept = {path.name for path in settings.IMPORT_DIR.iterdir()}
    assert kept == {f"{job.pk}.upload", f"{job.pk}.review"}
    assert "/" not in job.file_name
    assert "\n" not in job.file_name
