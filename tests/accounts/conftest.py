import pytest
from django.contrib.auth.models import Group, Permission

from tests.conftest import make_staff


@pytest.fixture
def director(db):
    """A role with something that a manager lacks."""
    role = Group.objects.create(name="Director")
    role.permissions.add(Permission.objects.get(codename="delete_permission"))
    return role


@pytest.fixture
def chief(db):
    """May manage staff, and holds no role that could be handed out."""
    user = make_staff("chief")
    wanted = ["manage_staff", "view_user", "change_user", "add_user", "view_reader"]
    wanted += ["change_group", "view_group", "add_group"]
    user.user_permissions.set(Permission.objects.filter(codename__in=wanted))
    return user
