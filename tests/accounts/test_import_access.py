"""Who may import and export: the right to do it, and one's own file only."""

import errno
import os

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from tablib import Dataset

from accounts.models import User
from accounts.resources import PersonResource
from portal.models import ImportJob
from tests.import_steps import (
    EXPORT,
    IMPORT,
    check,
    newest_job,
    page_of,
    text_of,
    upload,
)

pytestmark = pytest.mark.django_db

FILE = "username\nnew.person\n"
TEMPLATE = "admin:accounts_user_template_import"
LOOKS = ["job", "columns", "progress", "state", "review", "row", "result"]
POSTS = ["reading", "recipe", "cancel", "ticks", "check", "commit", "repair"]


@pytest.fixture
def job(client, importer):
    """Ready for review."""
    client.force_login(importer)
    check(client, FILE)
    client.logout()
    return newest_job()


def pages_of(job):
    """All that is about one job."""
    pages = [page_of(job, name, *([2] if name == "row" else [])) for name in LOOKS]
    return [*pages, *(page_of(job, name) for name in [*POSTS, "refused"])]


def addresses(job):
    return [
        reverse(IMPORT),
        reverse(EXPORT),
        reverse(TEMPLATE, args=["csv"]),
        *pages_of(job),
    ]


def test_every_page_of_a_job_is_in_these_tests(job):
    about_jobs = {
        each.name.removeprefix("accounts_user_").removesuffix("_import")
        for each in site._registry[User].get_urls()
        if "<uuid:job_id>" in str(each.pattern)
    }

    assert about_jobs == {*LOOKS, *POSTS, "refused"}


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


@pytest.mark.parametrize("name", POSTS)
def test_what_writes_answers_no_get(client, job, importer, name):
    client.force_login(importer)

    assert client.get(page_of(job, name)).status_code == 405
    assert ImportJob.objects.get().state == job.state


@pytest.mark.parametrize("method", ["get", "post"])
def test_the_file_of_somebody_else_is_refused(client, job, root, method):
    client.force_login(root)
    codes = {getattr(client, method)(each).status_code for each in pages_of(job)}

    assert codes <= {403, 405}
    assert ImportJob.objects.get().state == job.state


@pytest.mark.parametrize("name", [*LOOKS, *POSTS, "refused"])
def test_a_job_that_is_none_is_not_found(client, importer, name):
    client.force_login(importer)
    none = ImportJob()
    page = page_of(none, name, *([2] if name == "row" else []))

    assert client.post(page).status_code == 404


def test_a_job_of_something_else_is_not_found(client, job, importer):
    job.update(target="readers.branch")
    client.force_login(importer)
    codes = {client.post(each).status_code for each in pages_of(job)}

    assert codes == {404}


def test_export_needs_the_right_to_view_people_too(client, bystander):
    grant(bystander, "export_user")
    client.force_login(bystander)

    assert client.get(reverse(EXPORT)).status_code == 403


def test_a_form_without_its_token_is_refused(importer, job):
    client = Client(enforce_csrf_checks=True)
    client.force_login(importer)
    codes = {client.post(page_of(job, name)).status_code for name in POSTS}

    assert codes == {403}


def grant(user, codename):
    user.user_permissions.add(Permission.objects.get(codename=codename))


def test_full_disk_is_told_on_the_upload_page(client, importer, monkeypatch):
    def no_room(*_args, **_kwargs):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    client.force_login(importer)
    monkeypatch.setattr(os, "open", no_room)
    page = upload(client, "username\nnew.one\n")

    assert "No space left on device" in text_of(page)
    assert not ImportJob.objects.exists()


def test_the_resource_writes_nobody_by_itself(db):
    people = User.objects.count()
    with pytest.raises(NotImplementedError, match="People are imported by"):
        PersonResource().import_data(Dataset(["new.one"], headers=["username"]))

    assert User.objects.count() == people
