"""The roles that an installation begins with, and exactly what each may do."""

import pytest
from django.contrib.auth.models import Group

from portal.history.snapshot import current_snapshots, newest_rows, snapshot_of_row
from portal.models import ChangeSet

pytestmark = pytest.mark.django_db

READ = {
    "accounts.view_user",
    "readers.view_branch",
    "readers.view_category",
    "readers.view_reader",
}
FRONT_DESK = READ | {
    "accounts.add_user",
    "accounts.change_user",
    "accounts.invite_user",
    "readers.add_reader",
    "readers.change_reader",
    "readers.view_birth_date",
    "readers.view_notes",
    "readers.view_phone",
}
IMPORTER = FRONT_DESK | {
    "accounts.export_user",
    "accounts.import_user",
    "portal.view_importjob",
}
AUDITOR = READ | {
    "auth.view_group",
    "portal.export_history",
    "portal.review_history",
    "portal.view_changeset",
    "portal.view_exportjob",
    "portal.view_history",
    "portal.view_importjob",
    "portal.view_securityevent",
}
MANAGER = (
    IMPORTER
    | AUDITOR
    | {"accounts.delete_user", "accounts.manage_staff", "portal.view_letter"}
    | {"portal.revert_history", "portal.restore_history", "readers.delete_reader"}
    | {f"readers.{verb}_branch" for verb in ("add", "change", "delete")}
    | {f"readers.{verb}_category" for verb in ("add", "change", "delete")}
    | {f"auth.{verb}_group" for verb in ("add", "change", "delete")}
)
ROLES = {
    "Front desk": FRONT_DESK,
    "Importer": IMPORTER,
    "Auditor": AUDITOR,
    "Manager": MANAGER,
}


def rights_of(role):
    names = role.permissions.values_list("content_type__app_label", "codename")
    return {f"{app}.{codename}" for app, codename in names}


@pytest.mark.parametrize("name", ROLES)
def test_role_holds_exactly_what_is_promised(name):
    assert rights_of(Group.objects.get(name=name)) == ROLES[name]


def test_there_are_no_other_roles():
    assert set(Group.objects.values_list("name", flat=True)) == set(ROLES)


def test_auditor_only_reads_and_reviews():
    rights = rights_of(Group.objects.get(name="Auditor"))

    beyond = {right for right in rights if ".view_" not in right}
    assert beyond == {"portal.review_history", "portal.export_history"}


def test_manager_holds_all_that_the_other_roles_hold():
    others = set().union(*(ROLES[name] for name in ROLES if name != "Manager"))

    assert others <= rights_of(Group.objects.get(name="Manager"))


def test_each_role_begins_with_one_row_of_history_by_the_system():
    for role in Group.objects.all():
        row = role.history.last()
        assert (row.history_type, row.name) == ("+", role.name)
        assert row.change_set.kind == ChangeSet.Kind.SYSTEM
        assert row.change_set.reason and row.change_set.actor_id is None


def test_first_version_is_the_role_as_it_is():
    keys = list(Group.objects.values_list("pk", flat=True))
    live = current_snapshots(Group, keys)
    rows = newest_rows(Group, keys)
    recorded = {key: snapshot_of_row(row) for key, row in rows.items()}

    assert all(live[key].same_as(recorded[key]) for key in keys)
    names = {key: live[key].relations["permissions"] for key in keys}
    assert names == {key: recorded[key].relations["permissions"] for key in keys}


def test_saving_a_role_unchanged_leaves_no_second_row():
    for role in Group.objects.all():
        before = role.history.count()
        role.save()
        role.permissions.set(role.permissions.all())
        assert role.history.count() == before
