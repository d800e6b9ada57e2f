"""Each check of the settings and of files finds what it looks for."""

import sqlite3
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.core.checks import run_checks
from django.db import connection

from accounts.models import User
from portal.checks import database, files, history, limits, production
from portal.checks.limits import MOST
from readers.models import Reader
from tests.portal.test_security_headers import PRODUCTION, start

SMTP = "django.core.mail.backends.smtp.EmailBackend"
CONSOLE = "django.core.mail.backends.console.EmailBackend"
CSP = {
    "default-src": ["'none'"],
    "script-src": ["'self'"],
    "object-src": ["'none'"],
    "base-uri": ["'none'"],
}


def ids(found):
    return {each.id for each in found}


@pytest.fixture
def in_production(settings):
    settings.SECRET_KEY = "k7" * 30
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    settings.MAILERS = {"default": {"BACKEND": SMTP, "OPTIONS": {"host": "localhost"}}}
    settings.SECURE_CSP = CSP
    return settings


def test_production_as_it_should_be_is_clean(in_production):
    found = run_checks(tags=["security"], include_deployment_checks=True)

    assert not {each for each in ids(found) if each.startswith("portal.E")}
    assert not {"portal.W004", "portal.W005"} & ids(found)


WRONG = [
    ("portal.E004", "SIMPLE_HISTORY_ENABLED", False),
    ("portal.E004", "SIMPLE_HISTORY_EDIT", True),
    ("portal.W003", "SIMPLE_HISTORY_REVERT_DISABLED", True),
    ("portal.W003", "SIMPLE_HISTORY_ENFORCE_HISTORY_MODEL_PERMISSIONS", True),
    ("portal.E006", "SECRET_KEY", "k7" * 24),
    ("portal.E006", "SECRET_KEY", "development-only" * 4),
    ("portal.E007", "DEBUG", True),
    ("portal.E008", "ALLOWED_HOSTS", ["*"]),
    ("portal.E008", "ALLOWED_HOSTS", ["a.example", "*.example"]),
    ("portal.E008", "CSRF_TRUSTED_ORIGINS", ["http://a.example"]),
    ("portal.E008", "CSRF_TRUSTED_ORIGINS", ["https://*.example"]),
    ("portal.W004", "MAILERS", {"default": {"BACKEND": CONSOLE}}),
    (
        "portal.W004",
        "MAILERS",
        {"default": {"BACKEND": SMTP, "OPTIONS": {"host": "mail", "use_tls": False}}},
    ),
    ("portal.E009", "SECURE_CSP", {}),
    ("portal.E009", "SECURE_CSP", CSP | {"script-src": ["'self'", "'unsafe-inline'"]}),
    ("portal.E009", "SECURE_CSP", CSP | {"script-src": ["https:"]}),
    ("portal.E009", "MIDDLEWARE", []),
    ("portal.W005", "SESSION_COOKIE_AGE", 25 * 60 * 60),
    ("portal.W005", "INVITATION_LIFETIME", timedelta(days=40)),
    ("portal.W005", "PASSWORD_RESET_TIMEOUT", 30 * 24 * 60 * 60),
    *(("portal.E010", name, most + 1) for name, most in MOST.items()),
    ("portal.E010", "DATA_UPLOAD_MAX_NUMBER_FIELDS", None),
]
CHECKS = {
    "portal.E004": history.check_history_settings,
    "portal.W003": history.check_revert_settings,
    "portal.E006": production.check_secret_key,
    "portal.E007": production.check_debug_tools,
    "portal.E008": production.check_hosts,
    "portal.W004": production.check_mail,
    "portal.E009": production.check_content_security_policy,
    "portal.W005": production.check_lifetimes,
    "portal.E010": limits.check_upload_limits,
}


@pytest.mark.parametrize(("code", "name", "value"), WRONG)
def test_wrong_setting_is_found(in_production, code, name, value):
    check = CHECKS[code]
    assert check() == []

    setattr(in_production, name, value)

    found = check()
    assert ids(found) == {code}
    assert all(each.hint for each in found)


@pytest.mark.parametrize("app", ["debug_toolbar", "silk.apps.SilkAppConfig"])
def test_debug_tool_is_found(monkeypatch, app):
    # Django would load it, and it is not installed.
    told = SimpleNamespace(INSTALLED_APPS=["portal", app], DEBUG=False)
    monkeypatch.setattr(production, "settings", told)

    assert ids(production.check_debug_tools()) == {"portal.E007"}


def test_model_without_history_is_found(monkeypatch):
    assert history.check_models_are_tracked() == []
    monkeypatch.setattr(history, "is_tracked", lambda model: False)

    found = history.check_models_are_tracked()
    assert {User, Reader} <= {each.obj for each in found}
    assert ids(found) == {"portal.E005"}


# --- The database ----------------------------------------------------------------


@pytest.fixture
def plain_connection(db):
    """Another connection to the database, without what the settings ask for."""
    if connection.vendor != "sqlite":
        pytest.skip("SQLite only")
    other = connection.copy()
    other.ensure_connection()
    yield other
    other.close()


@pytest.mark.django_db
def test_pragmas_of_the_tests_are_in_force():
    assert database.check_pragmas() == []


@pytest.mark.parametrize(
    "weak",
    [
        "foreign_keys=OFF",
        "recursive_triggers=OFF",
        "synchronous=NORMAL",
        "busy_timeout=0",
    ],
)
def test_pragma_that_is_not_in_force_is_found(monkeypatch, plain_connection, weak):
    plain_connection.connection.execute(f"PRAGMA {weak}")
    monkeypatch.setattr(database, "connection", plain_connection)

    [found] = database.check_pragmas()
    assert (found.id, weak.partition("=")[0] in found.msg) == ("portal.E003", True)


def test_journal_that_makes_readers_wait_is_found(monkeypatch, plain_connection):
    plain_connection.connection.close()
    plain_connection.connection = sqlite3.connect(":memory:")
    plain_connection.transaction_mode = "DEFERRED"
    monkeypatch.setattr(database, "connection", plain_connection)

    told = " ".join(each.msg for each in database.check_pragmas())
    assert "journal_mode is memory" in told
    assert "transaction_mode" in told


# --- Files -----------------------------------------------------------------------


@pytest.mark.parametrize(("mode", "is_found"), [(0o700, False), (0o750, True)])
def test_folder_that_others_can_read_is_found(settings, tmp_path, mode, is_found):
    tmp_path.chmod(0o755)
    settings.IMPORT_DIR = tmp_path / "imports"
    settings.IMPORT_DIR.mkdir()
    settings.IMPORT_DIR.chmod(mode)

    told = [each.msg for each in files.check_file_modes()]
    assert any(str(settings.IMPORT_DIR) in each for each in told) == is_found


def test_open_file_in_a_closed_folder_is_out_of_reach(settings, tmp_path):
    tmp_path.chmod(0o700)
    settings.EXPORT_DIR = tmp_path / "exports"
    settings.EXPORT_DIR.mkdir()
    settings.EXPORT_DIR.chmod(0o755)

    told = " ".join(each.msg for each in files.check_file_modes())
    assert str(settings.EXPORT_DIR) not in told


@pytest.mark.parametrize("name", ["STATIC_ROOT", "MEDIA_ROOT", "WHITENOISE_ROOT"])
def test_private_folder_below_a_served_one_is_found(settings, tmp_path, name):
    assert files.check_private_files_are_not_served() == []
    setattr(settings, name, tmp_path)
    settings.EXPORT_DIR = tmp_path / "static" / ".." / "exports"

    found = files.check_private_files_are_not_served()
    assert ids(found) == {"portal.E011"}


# --- The key ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("key", "problem"),
    [
        ("x" * 49, "has 49 characters; 50 are needed"),
        ("development-only" * 4, "is the one for development"),
        ("", "is not set"),
    ],
)
def test_production_does_not_start_with_a_key_that_is_known_or_short(key, problem):
    started = start(**PRODUCTION | {"SECRET_KEY": key})

    assert started.returncode != 0
    assert f"SECRET_KEY {problem}" in started.stderr
    assert "secrets.token_urlsafe(50)" in started.stderr
