"""What becomes of the jobs of the earlier import when an installation is updated."""

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from portal.models import ImportJob

pytestmark = pytest.mark.django_db(transaction=True)

BEFORE = ("portal", "0008_revert_job")
STATES = {
    "refused": "failed",
    "checked": "cancelled",
    "committed": "done",
    "discarded": "cancelled",
    "failed": "failed",
    "expired": "cancelled",
}


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(targets or executor.loader.graph.leaf_nodes())
    return MigrationExecutor(connection).loader.project_state([*targets]).apps


@pytest.fixture
def old_jobs():
    """Their model, as it was; afterwards the tables are as they should be."""
    yield migrate(BEFORE).get_model("portal", "ImportJob").objects
    migrate()


def test_old_jobs_have_states(old_jobs):
    for status in STATES:
        old_jobs.create(target="accounts.user", file_name=status, status=status)

    migrate()

    assert dict(ImportJob.objects.values_list("file_name", "state")) == STATES


def test_old_jobs_keep_what_is_known_of_them(old_jobs):
    told = {"owner_name": "importer", "file_name": "may.csv", "created_count": 7}
    old = old_jobs.create(target="accounts.user", status="committed", **told)

    migrate()

    job = ImportJob.objects.get()
    assert (job.pk, job.created_at) == (old.pk, old.created_at)
    assert {name: getattr(job, name) for name in told} == told
    assert (job.options, job.is_finished, job.rows.count()) == ({}, True, 0)
