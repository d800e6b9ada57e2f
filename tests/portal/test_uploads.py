"""What is too large, or sent by somebody who may not, is refused before it is kept."""

import time

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client
from django.urls import reverse

from portal.models import ImportJob
from portal.sheets import Limits, SheetError, SheetFormat, open_sheet, write_sheet
from tests.import_steps import IMPORT

pytestmark = pytest.mark.django_db
MIB = 1024 * 1024
MAY = ["importer", "manager", "root"]
MAY_NOT = [None, "outsider", "bystander", "front_desk", "auditor"]


@pytest.fixture
def kept(monkeypatch):
    """What Django puts into temporary files."""
    made = []
    begin = TemporaryUploadedFile.__init__

    def note(self, *args, **kwargs):
        made.append(args[0])
        begin(self, *args, **kwargs)

    monkeypatch.setattr(TemporaryUploadedFile, "__init__", note)
    return made


def signed_in(request, who, **options):
    client = Client(**options)
    if who:
        client.force_login(request.getfixturevalue(who))
    return client


def send(client, url, size):
    file = SimpleUploadedFile("people.csv", b"username\n" + b"a" * size)
    return client.post(url, {"import_file": file})


@pytest.mark.parametrize("who", MAY_NOT)
@pytest.mark.parametrize("checks_token", [True, False])
def test_large_file_of_somebody_without_the_right_is_not_kept(
    request, kept, who, checks_token
):
    client = signed_in(request, who, enforce_csrf_checks=checks_token)
    # The check of the token reads the form of whoever has a cookie.
    client.get(reverse("admin:login"))

    assert send(client, reverse(IMPORT), 4 * MIB).status_code == 413
    assert kept == []
    assert not ImportJob.objects.exists()


@pytest.mark.parametrize("who", MAY)
def test_large_file_of_an_importer_is_taken(request, kept, settings, who):
    settings.IMPORT_MAX_MIB = 5
    client = signed_in(request, who)

    assert send(client, reverse(IMPORT), 4 * MIB).status_code in (200, 302)
    assert kept == ["people.csv"]


@pytest.mark.parametrize("who", ["importer", "root"])
@pytest.mark.parametrize("name", ["login", "accounts_user_add", "password_change"])
def test_large_file_is_taken_by_the_import_page_alone(request, kept, who, name):
    client = signed_in(request, who)

    assert send(client, reverse(f"admin:{name}"), 4 * MIB).status_code == 413
    assert kept == []


def test_file_beyond_the_limit_is_not_kept(request, kept, settings):
    settings.IMPORT_MAX_MIB = 3

    response = send(signed_in(request, "importer"), reverse(IMPORT), 5 * MIB)

    assert response.status_code == 413
    assert kept == []


@pytest.mark.parametrize("size", ["x", "-1", "1e9", "²", "9" * 20, "9" * 5000])
def test_odd_length_is_refused(client, size):
    response = client.post("/admin/login/", {}, CONTENT_LENGTH=size)

    assert response.status_code == 413


# --- Time ------------------------------------------------------------------------


@pytest.mark.parametrize("format", [SheetFormat.CSV, SheetFormat.XLSX, SheetFormat.ODS])
def test_reading_that_takes_too_long_ends_with_a_message(tmp_path, monkeypatch, format):
    path = tmp_path / f"people.{format.value}"
    rows = [[str(number)] for number in range(2000)]
    path.write_bytes(write_sheet(format, ["username"], rows))
    clock = iter(range(10**6))
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))

    with (
        pytest.raises(SheetError, match="more than 60 seconds"),
        open_sheet(path, path.name, Limits(seconds=60)) as sheet,
    ):
        list(sheet.rows())


# --- Private files ---------------------------------------------------------------


def test_folders_of_private_files_have_no_address(client, root, settings):
    client.force_login(root)
    for folder in (settings.IMPORT_DIR, settings.EXPORT_DIR):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "secret.csv").write_text("hunter2")
        for path in (
            "/data/imports/secret.csv",
            "/static/../data/imports/secret.csv",
            "/static/%2e%2e/imports/secret.csv",
            f"/static/{folder}/secret.csv",
            f"/media/{folder.name}/secret.csv",
        ):
            assert client.get(path).status_code in (301, 302, 400, 404), path


@pytest.mark.parametrize(
    ("who", "status"),
    [
        (None, 302),
        ("outsider", 302),
        ("bystander", 403),
        ("front_desk", 403),
        ("importer", 403),
        ("auditor", 403),
        ("manager", 403),
        ("root", 200),
    ],
)
def test_refused_rows_of_somebody_elses_import_are_nobodys(request, rows, who, status):
    # Root's: who may import has no business with another's file.
    job = ImportJob.objects.get(owner__username="root")
    address = reverse("admin:accounts_user_refused_import", args=[job.pk])

    assert signed_in(request, who).get(address).status_code == status
