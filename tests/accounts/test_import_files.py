"""Files that cannot be used, and all the shapes of those that can."""

import pytest
from django.urls import reverse

from accounts.imports.columns import COLUMNS as ALL_COLUMNS
from accounts.models import User
from portal.models import ImportJob
from portal.sheets import WRITABLE, write_sheet
from tests.import_steps import (
    IMPORT,
    check,
    choose,
    import_people,
    newest_job,
    rows_of,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db

COLUMNS = ["username", "first_name", "notes"]
ROW = ["zoe.faure", "Zoë", "Likes maps; atlases, too"]


@pytest.fixture(autouse=True)
def _signed_in(client, importer):
    client.force_login(importer)


def refusal(client, content, name="people.csv"):
    """The words of the page that refuses the file."""
    page = check(client, content, name)
    job = newest_job()
    assert (job.state, job.rows.count()) == (ImportJob.State.FAILED, 0)
    assert not User.objects.filter(username="zoe.faure").exists()
    return text_of(page), job


@pytest.mark.parametrize(
    "column", ["password", "is_superuser", "is_staff", "groups", "id", "pk"]
)
def test_columns_of_rights_and_keys_do_not_exist(client, column):
    page = upload(client, f"username,{column}\nzoe.faure,1\n")
    offered = page.context["form"].fields["column_1"].choices
    choose(client, newest_job(), column_1=column)

    assert f"Not imported: {column}." in text_of(page)
    assert [name for name, _label in offered] == ["", *ALL_COLUMNS]
    assert newest_job().state == ImportJob.State.UPLOADED


def test_columns_that_mean_nothing_are_named_and_not_checked(client):
    page = upload(client, "colour,size\nred,9\n")
    refused = choose(client, newest_job())

    assert "Not imported: colour, size." in text_of(page)
    assert "No column is imported." in text_of(refused)
    assert newest_job().state == ImportJob.State.UPLOADED


def test_one_column_under_two_names_is_taken_once(client):
    page = upload(client, "username,email,E-Mail\nzoe.faure,a,b\n")

    assert "Not imported: E-Mail." in text_of(page)


@pytest.mark.parametrize(
    ("content", "name", "message"),
    [
        (b"", "people.csv", "empty"),
        (b"%PDF-1.7 ...", "people.csv", "PDF"),
        (b"PK\x03\x04 broken", "people.xlsx", "people.xlsx cannot be used"),
        (b"<html><table></table>", "people.xls", "web page"),
        (b'{"username": "zoe.faure"', "people.json", "people.json cannot be used"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(client, content, name, message):
    text, job = refusal(client, content, name)

    assert message in text
    assert job.error


def test_more_rows_than_allowed_are_refused_with_the_way_out(client, settings):
    settings.IMPORT_MAX_ROWS = 2
    text, _job = refusal(client, "username\na.one\na.two\nzoe.faure\n")

    assert "more than 2 rows below its header" in text
    assert "Split it." in text


def test_row_of_bytes_that_are_no_text_is_in_error_alone(client):
    check(client, b"username\n\xff\xfe\x00\x81\nzoe.faure\n")
    bad, good = rows_of(newest_job())

    assert "holds a NUL character, which is no text" in bad.problems["username"][0]
    assert (bad.outcome, good.outcome) == ("error", "create")


def test_a_form_without_a_file_asks_for_one(client):
    page = client.post(reverse(IMPORT), {})

    assert "Choose a file first." in text_of(page)
    assert not ImportJob.objects.exists()


def test_a_file_beyond_the_size_is_not_even_read(client, settings):
    settings.IMPORT_MAX_MIB = 1
    page = upload(client, b"x" * (1024 * 1024 + 1))

    assert "at most 1.0 MiB are read" in text_of(page)
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"]
)
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_every_encoding_and_delimiter_is_understood(client, encoding, delimiter):
    lines = [COLUMNS, [ROW[0], ROW[1], f'"{ROW[2]}"']]
    text = "\r\n".join(delimiter.join(line) for line in lines)
    job = import_people(client, text.encode(encoding))

    assert job.state == ImportJob.State.DONE
    made = User.objects.get(username="zoe.faure")
    assert [made.first_name, made.reader.notes] == ROW[1:]


@pytest.mark.parametrize("format", WRITABLE)
def test_every_format_is_imported(client, format):
    data = write_sheet(format, COLUMNS, [ROW])
    job = import_people(client, data, f"people.{format.value}")

    assert (job.state, job.created_count) == (ImportJob.State.DONE, 1)
    made = User.objects.get(username="zoe.faure")
    assert [made.first_name, made.reader.notes] == ROW[1:]


def test_how_the_file_was_read_is_told(client):
    page = upload(client, "username;first_name\nzoe.faure;Zoë\n".encode("cp1252"))

    text = text_of(page)
    assert "Windows-1252 (Western Europe), names in row 1." in text
    assert page.context["sheet"].delimiter == ";"
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
    page = check(client, template, f"people.{ending}")

    assert "the file has no rows below its header" in text_of(page)
    assert newest_job().total == 0


@pytest.mark.parametrize("ending", ["json", "exe", "pdf"])
def test_there_is_no_template_in_other_formats(client, ending):
    address = reverse("admin:accounts_user_template_import", args=[ending])

    assert client.get(address).status_code == 404


def test_the_name_of_the_file_is_shown_and_never_used(client, settings):
    upload(client, "username\nzoe.faure\n", "../../<b>evil</b>\n.csv")

    job = newest_job()
    assert {path.name for path in settings.IMPORT_DIR.iterdir()} == {f"{job.pk}.upload"}
    assert "/" not in job.file_name
    assert "\n" not in job.file_name
