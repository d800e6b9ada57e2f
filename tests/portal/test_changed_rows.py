"""The rows that changed a field are those that the counts tell of."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from portal.history.changed_rows import rows_that_changed
from portal.history.snapshot import history_model_of
from readers.models import Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(reader_user, branch):
    """With a story: a role, a name, a branch that came and went, notes; then gone."""
    key = reader_user.pk
    reader_user.groups.add(Group.objects.get(name="Auditor"))
    User.objects.filter(pk=key).update(first_name="Ann")
    Reader.objects.filter(user=key).update(branch=branch)
    Reader.objects.filter(user=key).update(notes="Likes maps")
    Reader.objects.filter(user=key).update(branch=None)
    reader_user.delete()
    return key


@pytest.mark.parametrize(
    ("model", "key", "field", "number"),
    [
        (User, "id", "first_name", 1),
        (User, "id", "is_staff", 0),
        # Given, and gone with the account.
        (User, "id", "groups", 2),
        (Reader, "user_id", "branch", 2),
        (Reader, "user_id", "notes", 1),
    ],
)
def test_rows_that_changed_a_field(person, model, key, field, number):
    rows = history_model_of(model)._base_manager.filter(**{key: person})

    assert rows_that_changed(rows, field).count() == number
