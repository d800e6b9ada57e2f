"""An export holds the people and the fields that its owner may see, when it is made and
when it is taken."""

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from accounts.imports.columns import COLUMNS
from accounts.models import User
from portal.exports.work import run_export_job
from portal.models import ExportJob, ImportJob
from readers.models import Reader
from tests.accounts.limited import branch_named, limit_role, limited_staff, person_of
from tests.import_steps import EXPORT, download, text_of
from tests.sheets import read_sheet

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(client):
    staff = limited_staff("north", "Importer", "NORTH")
    person_of("NORTH", "anna")
    person_of("SOUTH", "secret.person")
    person_of("", "homeless")
    client.force_login(staff)
    return staff


@pytest.fixture
def worker(settings):
    """Exports wait for the worker, which is called by hand."""
    settings.EXPORT_NOW_ROWS = 0
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    }

    def work():
        job = ExportJob.objects.get()
        run_export_job.call(job_id=str(job.pk))
        job.refresh_from_db()
        return job

    return work


def names_in(data):
    return {row.cells[0] for row in read_sheet(data, "people.csv").rows}


def order(client, **data):
    sent = {"format": "csv", "columns": ["username", "email"]} | data
    return client.post(reverse(EXPORT), sent)


def move(staff, code):
    branch = branch_named(code) if code else None
    Reader.objects.filter(user=staff).update(branch=branch, notes="Talks a lot")


def hide(staff, name):
    role = staff.groups.get()
    role.permissions.remove(Permission.objects.get(codename=f"view_{name}"))


def test_only_people_of_the_own_branches_are_exported(client, north):
    data = download(order(client))

    assert b"secret" not in data
    assert names_in(data) == {"anna", "north"}


@pytest.mark.parametrize("code", ["SOUTH", ""])
@pytest.mark.parametrize("column", ["notes", "phone", "birth_date"])
def test_what_ones_own_page_masks_is_not_exported(client, north, code, column):
    move(north, code)
    data = download(order(client, columns=["username", column]))

    assert b"Talks a lot" not in data
    assert names_in(data) == {"anna"}


def test_own_notes_are_exported_within_ones_branches(client, north):
    move(north, "NORTH")
    data = download(order(client, columns=["username", "notes"]))

    assert b"Talks a lot" in data and names_in(data) == {"anna", "north"}


def test_count_tells_of_no_others(client, north):
    page = client.get(reverse(EXPORT))

    assert page.context["count"] == len(["anna", "north"])


def test_keys_that_a_page_did_not_offer_are_left_out(client, north):
    keys = User.objects.filter(username__in=["anna", "secret.person"])
    data = {
        "action": "export_selected",
        "select_across": 0,
        "_selected_action": [user.pk for user in keys],
        "format": "csv",
        "columns": ["username"],
    }
    answer = client.post(reverse("admin:accounts_user_changelist"), data)

    assert names_in(download(answer)) == {"anna"}


def test_fixture_is_neither_offered_nor_made(client, north):
    formats = client.get(reverse(EXPORT)).context["form"].fields["format"].choices
    answer = order(client, format="fixture")

    assert "fixture" not in dict(formats)
    assert "Select a valid choice" in text_of(answer)


def test_reach_is_asked_again_when_the_file_is_made(client, north, worker):
    order(client)
    limit_role(north.groups.get(), branch_named("SOUTH"))
    job = worker()

    client.force_login(north)
    data = download(
        client.get(reverse("admin:portal_exportjob_download", args=[job.pk]))
    )
    assert "anna" not in names_in(data)


@pytest.mark.parametrize("loss", ["reach", "field"])
def test_file_is_not_handed_over_to_whom_less_is_shown_now(client, north, worker, loss):
    order(client, columns=["username", "phone"])
    job = worker()
    if loss == "reach":
        limit_role(north.groups.get(), branch_named("SOUTH"))
    else:
        hide(north, "phone")

    answer = client.get(reverse("admin:portal_exportjob_download", args=[job.pk]))
    assert answer.status_code == 403


def test_file_with_ones_notes_is_not_handed_over_to_who_moved(client, north, worker):
    move(north, "NORTH")
    order(client, columns=["username", "notes"])
    job = worker()
    move(north, "SOUTH")

    answer = client.get(reverse("admin:portal_exportjob_download", args=[job.pk]))
    assert answer.status_code == 403


@pytest.mark.parametrize("model", ["exportjob", "importjob"])
def test_jobs_of_others_are_not_listed_for_the_limited(client, north, root, model):
    auditor = limited_staff("auditor", "Auditor", "NORTH")
    kinds = {"exportjob": ExportJob, "importjob": ImportJob}
    kinds[model].objects.create(
        target="accounts.user", owner=root, owner_name="root", file_name="all.csv"
    )
    client.force_login(auditor)
    page = client.get(reverse(f"admin:portal_{model}_changelist"))

    assert "all.csv" not in text_of(page)


def test_file_is_handed_over_while_nothing_changes(client, north, worker):
    order(client)
    job = worker()
    answer = client.get(reverse("admin:portal_exportjob_download", args=[job.pk]))

    assert "anna" in names_in(download(answer))


# --- Personal fields --------------------------------------------------------------


def test_hidden_column_is_not_offered_and_refused(client, importer):
    hide(importer, "phone")
    client.force_login(importer)
    form = client.get(reverse(EXPORT)).context["form"]

    assert set(dict(form.fields["columns"].choices)) == {*COLUMNS} - {"phone"}
    assert "Select a valid choice" in text_of(order(client, columns=["phone"]))


def test_hidden_column_is_left_out_when_the_file_is_made(client, importer, worker):
    client.force_login(importer)
    order(client, columns=["username", "notes"])
    hide(importer, "notes")
    job = worker()

    answer = client.get(reverse("admin:portal_exportjob_download", args=[job.pk]))
    assert read_sheet(download(answer), "people.csv").columns == ["username"]


def test_file_of_hidden_columns_alone_is_not_made(client, importer, worker):
    client.force_login(importer)
    order(client, columns=["notes"])
    hide(importer, "notes")
    job = worker()

    assert job.state == ExportJob.State.FAILED
    assert "none of these columns" in job.error
