"""Settings that would open a guard are told of before anybody signs in."""

import pytest
from django.conf import settings as live

from accounts import checks

FILES = "django.core.cache.backends.filebased.FileBasedCache"
DATABASE = "django.core.cache.backends.db.DatabaseCache"
MEMORY = "django.core.cache.backends.locmem.LocMemCache"


def ids(check):
    return [found.id for found in check()]


@pytest.mark.parametrize("guard", checks.GUARDS[3:])
def test_missing_guard_is_an_error(settings, guard):
    settings.MIDDLEWARE = [each for each in live.MIDDLEWARE if each != guard]

    assert ids(checks.check_guards_stand) == ["accounts.E001"]


def test_guards_in_another_order_are_an_error(settings):
    settings.MIDDLEWARE = [*reversed(live.MIDDLEWARE)]

    assert ids(checks.check_guards_stand) == ["accounts.E001"]


@pytest.mark.parametrize("right", ["accounts.imports_user", "import_user", ""])
def test_right_that_is_none_is_an_error(settings, right):
    settings.SECOND_FACTOR_RIGHTS = ["accounts.import_user", right]

    assert ids(checks.check_second_factor_rights) == ["accounts.E002"]


@pytest.mark.parametrize("name", checks.LIMITS)
@pytest.mark.parametrize("value", [0, -1])
def test_limit_that_lets_nobody_work_is_an_error(settings, name, value):
    setattr(settings, name, value)

    assert ids(checks.check_limits) == ["accounts.E003"]


def test_counters_in_own_memory_are_an_error(settings):
    settings.CACHES = {"default": {"BACKEND": MEMORY}}

    assert ids(checks.check_counters_are_shared) == ["accounts.E004"]


def test_sessions_in_cookies_are_an_error(settings):
    settings.SESSION_ENGINE = "django.contrib.sessions.backends.signed_cookies"

    assert ids(checks.check_sessions_can_be_ended) == ["accounts.E005"]


@pytest.mark.parametrize(
    ("backend", "options", "found"),
    [
        (DATABASE, {}, ["accounts.W001"]),
        (DATABASE, {"MAX_ENTRIES": 300}, ["accounts.W001"]),
        (DATABASE, {"MAX_ENTRIES": 200_000}, []),
        (FILES, {}, []),
    ],
)
def test_small_cache_is_warned_of(settings, backend, options, found):
    settings.CACHES = {"default": {"BACKEND": backend, "OPTIONS": options}}

    assert ids(checks.check_cache_holds_counters) == found


def test_sessions_saved_at_each_look_are_warned_of(settings):
    settings.SESSION_SAVE_EVERY_REQUEST = True

    assert ids(checks.check_looks_write_no_session) == ["accounts.W002"]


def test_nobody_with_a_second_factor_is_warned_of(settings):
    settings.SECOND_FACTOR_RIGHTS = []

    assert ids(checks.check_somebody_needs_a_factor) == ["accounts.W003"]


def test_settings_as_they_are_pass():
    found = [
        *checks.check_guards_stand(),
        *checks.check_second_factor_rights(),
        *checks.check_limits(),
        *checks.check_counters_are_shared(),
        *checks.check_sessions_can_be_ended(),
        *checks.check_cache_holds_counters(),
        *checks.check_looks_write_no_session(),
        *checks.check_somebody_needs_a_factor(),
    ]

    assert found == []
