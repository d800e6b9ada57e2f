import pytest
from django.contrib.auth.models import Group
from django.utils import timezone

from portal.history.verify import verify
from portal.models import ChangeSet
from readers.models import Reader
from tests.portal.writes.table import Cast, newest_key, rows_of


@pytest.fixture
def cast(
    client,
    root,
    reader_user,
    branch,
    category,
    tmp_path,
    django_capture_on_commit_callbacks,
):
    """Root at the admin pages, and Anna, a reader of the main library, with a role."""
    client.force_login(root)
    role = Group.objects.create(name="Helpers")
    reader_user.groups.add(role)
    Reader.objects.filter(user=reader_user).update(
        branch=branch, category=category, expires_on=timezone.localdate()
    )
    reader_user.refresh_from_db()
    return Cast(
        client=client,
        on_commit=django_capture_on_commit_callbacks,
        tmp_path=tmp_path,
        anna=reader_user,
        branch=branch,
        category=category,
        role=role,
    )


@pytest.fixture
def since():
    """Call it before the write; what it gives, afterwards: the rows of each act."""

    def start():
        last = newest_key()

        def look():
            assert verify() == []
            made = ChangeSet.objects.filter(pk__gt=last).order_by("pk")
            return [rows_of(each) for each in made]

        return look

    return start
