import pytest

from accounts.imports.options import ColumnChoice, ImportOptions
from portal.models import ChangeSet, ExportJob, ImportJob, ImportRow, RevertJob
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
    ExportJob.objects.create(
        target="accounts.user",
        owner=manager,
        owner_name="manager",
        file_name="people.csv",
        format="csv",
        columns=["username"],
        total=1,
    )
