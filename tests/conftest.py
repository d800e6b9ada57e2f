"""The cast: one user for each level of rights, and what most tests need."""

import time
from functools import cache
from importlib import import_module
from typing import Any

import pytest
from allauth.account.authentication import AUTHENTICATION_METHODS_SESSION_KEY
from django.conf import settings
from django.contrib.auth.models import Group
from django.contrib.contenttypes.models import ContentType
from django.core.cache import cache as counters
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.test import Client

from accounts.guards.proof import SIGNED_IN_AT
from accounts.models import RoleLimit, User
from portal.history import guard
from readers.models import Branch, Category
from tests.escapes import escapes

PASSWORD = "correct horse battery"


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Put last the files that empty the tables, and the browser's after those.

    Files stay together, so one test that empties them takes its whole file along.

    The browser's event loop stays in its process, and inside it Django uses other
    connections than outside.
    """
    emptying = {item.path for item in items if empties(item)}
    browsing = {item.path for item in items if item.get_closest_marker("e2e")}
    items.sort(key=lambda item: (item.path in browsing, item.path in emptying))


def empties(item):
    marker = item.get_closest_marker("django_db")
    return bool(marker and marker.kwargs.get("transaction"))


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup, django_db_blocker):
    blockers.append(django_db_blocker)


blockers: list[Any] = []


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    """After a test that emptied the tables, make the roles again as migrations did.

    Django's own `serialized_rollback` keeps the rows on the connection, and inside the
    browser's event loop there is another one.
    """
    if empties(item):
        with blockers[0].unblock():
            # Put up again by `post_migrate`, which follows the emptying.
            guard.remove(connection)
    outcome = yield
    # After the last test, the database is gone already.
    if empties(item) and nextitem is not None:
        with blockers[0].unblock():
            # A test that was skipped emptied nothing, and no `post_migrate` came.
            guard.install(connection)
            ContentType.objects.clear_cache()
            roles_migration().make_roles(apps_of_migrations(), None)
            give_right = import_module("accounts.migrations.0004_restore_right")
            give_right.give_right(apps_of_migrations(), None)
            give_rights = import_module("accounts.migrations.0005_review_rights")
            give_rights.give_rights(apps_of_migrations(), None)
            see_exports = import_module("accounts.migrations.0006_see_exports")
            see_exports.give_rights(apps_of_migrations(), None)
            personal = import_module("accounts.migrations.0008_personal_fields")
            personal.give_rights(apps_of_migrations(), None)
            see_security = import_module("accounts.migrations.0009_security_rights")
            see_security.give_rights(apps_of_migrations(), None)
            # No model stands for it, so it is not emptied with the others.
            counters.clear()
    return outcome


def roles_migration():
    return import_module("accounts.migrations.0003_roles")


@cache
def apps_of_migrations():
    return MigrationExecutor(connection).loader.project_state().apps


@pytest.fixture(autouse=True)
def _fast_and_offline(settings, tmp_path):
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    settings.TASKS = {
        "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend"}
    }
    settings.IMPORT_DIR = tmp_path / "imports"
    settings.EXPORT_DIR = tmp_path / "exports"
    settings.BACKUP_DIR = tmp_path / "backups"


@pytest.fixture(autouse=True)
def _history_tells_all(request, _django_db_marker):
    """After each test the live rows, relations included, are their newest versions."""
    if not has_database(request):
        yield
        return
    # Begun before this one, so that it still stands when this one looks.
    request.getfixturevalue("_django_db_helper")
    yield
    # What a broken transaction wrote is taken back anyway, and nothing can be asked.
    is_broken = connection.needs_rollback
    if not (is_broken or request.node.get_closest_marker("breaks_history")):
        assert escapes() == []


def has_database(request):
    marker = request.node.get_closest_marker("django_db")
    if marker is None:
        return "_django_db_helper" in request.fixturenames
    return marker.kwargs.get("databases") != []


@pytest.fixture(autouse=True)
def _whole_sign_in(request, monkeypatch):
    """`force_login` stands for a whole sign-in: password and second factor, just now.

    A test marked `bare_sign_in` gets a session that has shown the password alone, long
    ago.
    """
    is_bare = request.node.get_closest_marker("bare_sign_in")
    plain = Client._login

    def sign_in(self, user, backend=None):
        plain(self, user, backend)
        session = self.session
        session.update(bare_session() if is_bare else whole_session(user))
        session.save()

    monkeypatch.setattr(Client, "_login", sign_in)


def whole_session(user):
    """What allauth records when a code of the app was right."""
    return {
        AUTHENTICATION_METHODS_SESSION_KEY: [
            {"method": "mfa", "at": time.time(), "type": "totp"}
        ],
        "account_authentication_methods_user": str(user.pk),
    }


def bare_session():
    long_ago = time.time() - settings.FRESH_SIGN_IN_MINUTES * 60 - 1
    return {SIGNED_IN_AT: long_ago}


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


@pytest.fixture
def north(db):
    return Branch.objects.create(code="N", name="North")


@pytest.fixture
def south(db):
    return Branch.objects.create(code="S", name="South")


@pytest.fixture
def limited_role(db):
    """Makes a role with the rights of another one for the people of `branches`."""

    def make(name, *branches, like="Front desk"):
        role = Group.objects.create(name=name)
        role.permissions.set(Group.objects.get(name=like).permissions.all())
        RoleLimit.objects.limit(role, branches)
        return role

    return make


@pytest.fixture
def north_desk(north, limited_role):
    """Front desk for the people of one branch."""
    user = make_staff("north_desk")
    user.groups.add(limited_role("North desk", north))
    return user


@pytest.fixture
def people(north, south):
    """One person of each branch, and one of none."""
    made = {}
    for name, branch in (("northern", north), ("southern", south), ("nowhere", None)):
        made[name] = User.objects.create_user(name, f"{name}@example.org")
        made[name].reader.branch = branch
        made[name].reader.save()
    return made
