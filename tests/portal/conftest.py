import pytest

from portal.models import ChangeSet, ExportJob, ImportJob, RevertJob
from readers.models import Reader


@pytest.fixture
def rows(root, reader_user, branch, category, manager):
    """At least one row of each model."""
    Reader.objects.update(branch=branch, category=category)
    ImportJob.objects.create(
        target="accounts.user",
        owner=manager,
        owner_name="manager",
        file_name="people.csv",
        status=ImportJob.Status.COMMITTED,
        change_set=ChangeSet.objects.first(),
    )
    RevertJob.objects.create(
        owner=manager, owner_name="manager", reverts=ChangeSet.objects.first()
    )
    ExportJob.objects.create(
        target="accounts.user",
        owner=manager,
        owner_name="manager",
        file_name="people.csv",
        format="csv",
        columns=["username"],
        total=1,
    )
