"""Who may import and export: the right to do it, and one's own file only."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse

from tests.import_steps import (
    DISCARD,
    EXPORT,
    IMPORT,
    PROCESS,
    REPAIR,
    REVIEW,
    newest_job,
    upload,
)

pytestmark = pytest.mark.django_db

FILE = "username\nnew.person\n"
TEMPLATE = "admin:accounts_user_template_import"


@pytest.fixture
def job(client, importer):
    client.force_login(importer)
    upload(client, FILE)
    client.logout()
    return newest_job()


def addresses(job):
    return [
        reverse(IMPORT),
        reverse(PROCESS),
        reverse(EXPORT),
        reverse(REVIEW, args=[job.pk]),
        reverse(DISCARD, args=[job.pk]),
        reverse(REPAIR, args=[job.pk]),
        reverse(TEMPLATE, args=["csv"]),
    ]


@pytest.mark.parametrize("method", ["get", "post"])
def test_anonymous_is_asked_to_sign_in(client, job, method):
    answers = [getattr(client, method)(each) for each in addresses(job)]

    assert {answer.status_code for answer in answers} == {302}
    assert all(answer.url.startswith("/admin/login/") for answer in answers)


@pytest.mark.parametrize("method", ["get", "post"])
def test_non_staff_is_asked_to_sign_in(client, job, outsider, method):
    client.force_login(outsider)
    answers = [getattr(client, method)(each) for each in addresses(job)]

    assert {answer.status_code for answer in answers} == {302}


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("role", ["bystander", "front_desk", "auditor"])
def test_staff_without_the_right_is_refused(client, job, role, method, request):
    client.force_login(request.getfixturevalue(role))
    answers = [getattr(client, method)(each) for each in addresses(job)]

    assert {answer.status_code for answer in answers} == {403}


@pytest.mark.parametrize("role", ["importer", "manager"])
def test_importer_and_manager_may(client, role, request):
    client.force_login(request.getfixturevalue(role))

    for name in (IMPORT, EXPORT):
        assert client.get(reverse(name)).status_code == 200


@pytest.mark.parametrize("name", [DISCARD, REPAIR])
def test_what_writes_answers_no_get(client, job, importer, name):
    client.force_login(importer)

    assert client.get(reverse(name, args=[job.pk])).status_code == 405
    assert client.get(reverse(PROCESS)).status_code == 405


def test_the_file_of_somebody_else_is_refused(client, job, root):
    client.force_login(root)
    answers = [
        client.get(reverse(REVIEW, args=[job.pk])),
        client.post(reverse(PROCESS), {"job": job.pk}),
        client.post(reverse(DISCARD, args=[job.pk])),
        client.post(reverse(REPAIR, args=[job.pk])),
    ]

    assert {answer.status_code for answer in answers} == {403}
    job.refresh_from_db()
    assert job.is_waiting


@pytest.mark.parametrize(
    "job_id", ["", "nonsense", "00000000-0000-0000-0000-000000000000", "../../etc"]
)
def test_a_job_that_is_none_is_not_found(client, importer, job_id):
    client.force_login(importer)

    assert client.post(reverse(PROCESS), {"job": job_id}).status_code == 404


def test_export_needs_the_right_to_view_people_too(client, bystander):
    grant(bystander, "export_user")
    client.force_login(bystander)

    assert client.get(reverse(EXPORT)).status_code == 403


def test_a_form_without_its_token_is_refused(importer, job):

    client = Client(enforce_csrf_checks=True)
    client.force_login(importer)

    assert client.post(reverse(PROCESS), {"job": job.pk}).status_code == 403


def grant(user, codename):
    user.user_permissions.add(Permission.objects.get(codename=codename))
