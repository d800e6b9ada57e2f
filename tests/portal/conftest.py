from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.imports.options import ColumnChoice, ImportOptions
from portal.health.latest import LATEST
from portal.models import (
    ChangeSet,
    ExportJob,
    Heartbeat,
    ImportJob,
    ImportRow,
    RevertJob,
)
from portal.outbox import post
from portal.security.events import Kind, record_event
from readers.models import Branch, Reader
from tests.portal.limited import person, staff_of


@pytest.fixture
def north(db):
    return Branch.objects.create(code="N", name="North")


@pytest.fixture
def manager_of_north(north, client):
    """Holds the rights of a manager for the people of North alone; is signed in."""
    user = staff_of(north, "Manager")
    client.force_login(user)
    return user


@pytest.fixture
def nora(north):
    return person("Nora", north, notes="Before")


@pytest.fixture
def mike(branch):
    """Of another branch."""
    return person("Mike", branch, notes="Before")


@pytest.fixture
def rows(root, reader_user, branch, category, manager):
    """At least one row of each model."""
    Reader.objects.update(branch=branch, category=category)
    ImportJob.objects.create(
        target="accounts.user",
        owner=manager,
        owner_name="manager",
        file_name="people.csv",
        state=ImportJob.State.DONE,
        change_set=ChangeSet.objects.first(),
    )
    # The newest is root's, for whom its pages open.
    options = ImportOptions((ColumnChoice("Login", "username"),))
    ready = ImportJob.objects.create(
        target="accounts.user",
        owner=root,
        owner_name="root",
        file_name="more.csv",
        format="csv",
        state=ImportJob.State.READY,
        options=options.to_json(),
        total=1,
        error_count=1,
    )
    ImportRow.objects.create(job=ready, number=2, outcome="error", cells=["a b"])
    RevertJob.objects.create(
        owner=manager, owner_name="manager", reverts=ChangeSet.objects.first()
    )
    post("invitation", person=reader_user, actor=manager)
    record_event(Kind.REFUSED, actor=manager, subject=reader_user, method="GET")
    ExportJob.objects.create(
        target="accounts.user",
        owner=manager,
        owner_name="manager",
        file_name="people.csv",
        format="csv",
        columns=["username"],
        total=1,
    )
    # Silent for longer than a restore waits, and not yet taken for dead.
    then = timezone.now() - timedelta(minutes=1)
    Heartbeat.objects.create(process="desk, process 7", beat_at=then)
    LATEST.forget()
