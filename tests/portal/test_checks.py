"""The portal's own system checks."""

import sqlite3

import pytest
from django.core.checks import run_checks
from django.db import connection

from portal.checks.database import (
    check_case_folding,
    check_sqlite_version,
    has_wal_reset_bug,
)
from portal.checks.health import check_health_token
from portal.checks.permissions import check_import_export_permissions


@pytest.mark.parametrize(
    ("version", "has_bug"),
    [
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
        ((3, 52, 0), False),
        ((4, 0, 0), False),
    ],
)
def test_wal_reset_bug_is_known_by_version(version, has_bug):
    assert has_wal_reset_bug(version) == has_bug


@pytest.mark.parametrize(
    ("version", "ids"), [((3, 40, 1), ["portal.W001"]), ((3, 51, 3), [])]
)
def test_sqlite_with_the_bug_is_warned_of(monkeypatch, version, ids):
    monkeypatch.setattr(sqlite3, "sqlite_version_info", version)
    expected = ids if connection.vendor == "sqlite" else []

    assert [found.id for found in check_sqlite_version()] == expected


@pytest.mark.django_db
def test_database_of_the_tests_folds_every_script():
    assert check_case_folding() == []


def lower_ascii(text):
    return text.encode().lower().decode()


@pytest.fixture
def folds_ascii_alone(db):
    """Another connection, as SQLite is without our function, or of the locale C."""
    other = connection.copy()
    if connection.vendor == "sqlite":
        other.ensure_connection()
        other.connection.create_function("LOWER", 1, lower_ascii)
        yield other
        other.close()
        return
    other.settings_dict["NAME"] = name = "folds_ascii_alone"
    of_locale_c = "ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0"
    with connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} {of_locale_c}")
        yield other
        other.close()
        cursor.execute(f"DROP DATABASE {name}")


def test_database_that_folds_ascii_alone_is_warned_of(monkeypatch, folds_ascii_alone):
    monkeypatch.setattr("portal.checks.database.connection", folds_ascii_alone)

    assert [found.id for found in check_case_folding()] == ["portal.W002"]


@pytest.mark.parametrize("name", ["IMPORT", "EXPORT"])
@pytest.mark.parametrize("value", [None, ""])
def test_import_or_export_open_to_all_staff_is_an_error(settings, name, value):
    setattr(settings, f"IMPORT_EXPORT_{name}_PERMISSION_CODE", value)

    [found] = check_import_export_permissions()
    assert (found.id, name in found.msg) == ("portal.E001", True)
    assert found in run_checks()


@pytest.mark.parametrize(
    ("token", "ids"), [("", []), ("x" * 19, ["portal.W020"]), ("x" * 20, [])]
)
def test_health_token_that_can_be_guessed_is_warned_of(settings, token, ids):
    settings.HEALTH_TOKEN = token

    assert [found.id for found in check_health_token()] == ids


@pytest.mark.django_db
def test_portal_as_it_is_set_up_has_no_errors():
    assert [found for found in run_checks() if found.is_serious()] == []
