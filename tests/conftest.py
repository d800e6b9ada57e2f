"""The cast: one user for each level of rights, and what most tests need."""

import pytest
from django.contrib.auth.models import Group

from accounts.models import User
from readers.models import Branch, Category

PASSWORD = "correct horse battery"


@pytest.fixture(autouse=True)
def _fast_and_offline(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}
    }
    settings.IMPORT_DIR = tmp_path / "imports"


def make_staff(username, *roles):
    user = User.objects.create_user(
        username, f"{username}@example.org", PASSWORD, is_staff=True
    )
    user.groups.set(Group.objects.filter(name__in=roles))
    return user


@pytest.fixture
def outsider(db):
    """Has an account, and is not staff."""
    return User.objects.create_user("outsider", "outsider@example.org", PASSWORD)


@pytest.fixture
def bystander(db):
    """Staff with no role."""
    return make_staff("bystander")


@pytest.fixture
def front_desk(db):
    return make_staff("front_desk", "Front desk")


@pytest.fixture
def importer(db):
    return make_staff("importer", "Importer")


@pytest.fixture
def auditor(db):
    return make_staff("auditor", "Auditor")


@pytest.fixture
def manager(db):
    return make_staff("manager", "Manager")


@pytest.fixture
def root(db):
    return User.objects.create_superuser("root", "root@example.org", PASSWORD)


@pytest.fixture
def reader_user(db):
    """An ordinary person."""
    return User.objects.create_user(
        "anna.berg", "anna@example.org", first_name="Anna", last_name="Berg"
    )


@pytest.fixture
def branch(db):
    return Branch.objects.create(code="MAIN", name="Main library")


@pytest.fixture
def category(db):
    return Category.objects.create(name="Adult", loan_period=28)
