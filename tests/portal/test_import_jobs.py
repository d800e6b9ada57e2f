"""The list of imports: for those who may see it, and never to edit."""

import pytest
from django.urls import reverse

from portal.models import ImportJob
from tests.import_steps import (
    check,
    import_people,
    newest_job,
    page_of,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db

State = ImportJob.State
LIST = "admin:portal_importjob_changelist"
DETAIL = "admin:portal_importjob_change"
FILE = "username\nnew.one\n"


@pytest.fixture
def job(client, importer):
    client.force_login(importer)
    check(client, FILE, "june.csv")
    return newest_job()


def listed(client, **asked):
    """The files that the list shows."""
    shown = client.get(reverse(LIST), asked).context["cl"]
    return [job.file_name for job in shown.result_list]


# --- Refusals ---------------------------------------------------------------------


@pytest.mark.parametrize("role", ["bystander", "front_desk"])
def test_staff_without_the_right_is_refused(client, job, role, request):
    client.force_login(request.getfixturevalue(role))

    assert client.get(reverse(LIST)).status_code == 403
    assert client.get(reverse(DETAIL, args=[job.pk])).status_code == 403


def test_nobody_adds_changes_or_deletes(client, job, root):
    client.force_login(root)
    answers = [
        client.get(reverse("admin:portal_importjob_add")),
        client.post(reverse("admin:portal_importjob_add"), {"file_name": "x"}),
        client.post(reverse(DETAIL, args=[job.pk]), {"state": "done"}),
        client.post(reverse("admin:portal_importjob_delete", args=[job.pk])),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert ImportJob.objects.get().state == State.READY


def test_only_the_owner_is_led_on(client, job, root):
    address = page_of(job, "job")
    own = client.get(reverse(LIST)).content.decode()
    client.force_login(root)
    other = client.get(reverse(LIST)).content.decode()

    assert address in own
    assert address not in other


# --- What is told -----------------------------------------------------------------


def test_the_list_tells_file_person_state_and_counts(client, importer, auditor):
    client.force_login(importer)
    check(client, f"{FILE}new two\nnew.three\n", "june.csv")
    client.force_login(auditor)

    text = text_of(client.get(reverse(LIST)))

    assert "june.csv importer Ready for review" in text
    # Rows, created, updated, unchanged, skipped, in error.
    assert "3 2 0 0 0 1" in text


def test_the_list_is_searched_by_file_and_by_person(client, job, auditor):
    ImportJob.objects.create(file_name="may.csv", owner_name="somebody")
    client.force_login(auditor)

    assert listed(client, q="june") == listed(client, q="importer") == ["june.csv"]
    assert listed(client, q="somebody") == ["may.csv"]


@pytest.mark.parametrize("state", State.values)
def test_the_list_is_filtered_by_state(client, auditor, state):
    for each in State:
        ImportJob.objects.create(file_name=f"{each}.csv", state=each)
    client.force_login(auditor)

    assert listed(client, state__exact=state) == [f"{state}.csv"]


@pytest.mark.parametrize("state", State.values)
def test_the_owner_is_led_to_the_step_or_to_the_result(client, job, state):
    job.update(state=state)

    page = client.get(reverse(LIST)).content.decode()

    text = "Result" if state in ImportJob.TERMINAL else "Go on"
    assert f'{page_of(job, "job")}">{text}</a>' in page


def test_a_committed_import_leads_to_its_changes_for_who_may_read_them(
    client, importer, manager
):
    client.force_login(importer)
    job = import_people(client, FILE)
    address = reverse("admin:portal_changeset_change", args=[job.change_set_id])
    without = client.get(reverse(LIST)).content.decode()
    client.force_login(manager)
    assert address in client.get(reverse(LIST)).content.decode()
    assert address in client.get(reverse(DETAIL, args=[job.pk])).content.decode()

    assert address not in without


def test_the_detail_tells_why_a_file_was_refused(client, importer):
    client.force_login(importer)
    upload(client, "")
    page = client.get(reverse(DETAIL, args=[newest_job().pk]))

    assert "people.csv: The file is empty." in text_of(page)


def test_the_queries_do_not_grow_with_the_imports(
    client, job, django_assert_max_num_queries
):
    upload(client, FILE)
    client.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))
