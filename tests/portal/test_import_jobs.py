"""The list of past imports: for those who may see it, and never to edit."""

import pytest
from django.urls import reverse

from portal.models import ImportJob
from tests.import_steps import import_people, newest_job, text_of, upload

pytestmark = pytest.mark.django_db

LIST = "admin:portal_importjob_changelist"
DETAIL = "admin:portal_importjob_change"
FILE = "username\nnew.one\n"


@pytest.fixture
def job(client, importer):
    client.force_login(importer)
    upload(client, FILE, "june.csv")
    return newest_job()


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
        client.post(reverse(DETAIL, args=[job.pk]), {"status": "committed"}),
        client.post(reverse("admin:portal_importjob_delete", args=[job.pk])),
    ]

    assert {answer.status_code for answer in answers} == {403}
    assert ImportJob.objects.get().status == ImportJob.Status.CHECKED


def test_the_list_tells_file_person_state_and_counts(client, job, auditor):
    client.force_login(auditor)
    page = client.get(reverse(LIST), {"q": "june", "status__exact": "checked"})

    text = text_of(page)
    assert "june.csv" in text
    assert "importer" in text
    assert "Waiting for review" in text


def test_only_the_owner_is_led_to_the_review(client, job, root):
    address = reverse("admin:accounts_user_review_import", args=[job.pk])
    own = client.get(reverse(LIST)).content.decode()
    client.force_login(root)
    other = client.get(reverse(LIST)).content.decode()

    assert address in own
    assert address not in other


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
    upload(client, "colour\nred\n")
    page = client.get(reverse(DETAIL, args=[newest_job().pk]))

    assert "column colour: There is no such column." in text_of(page)


def test_the_queries_do_not_grow_with_the_imports(
    client, job, django_assert_max_num_queries
):
    upload(client, FILE)
    client.get(reverse(LIST))
    with django_assert_max_num_queries(12):
        client.get(reverse(LIST))
