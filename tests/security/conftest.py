"""What every proof can use: `figure`, and a note of how each of its tests ended."""

import pytest
from django.db import connection

from tests.browser import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.security.figures import keep
from tests.security.sizes import IS_FULL


def line_of(item):
    """Which proof it is, at which size, on which database."""
    return {
        "proof": item.module.__doc__.partition(":")[0],
        "size": "full" if IS_FULL else "small",
        "database": connection.display_name,
    }


@pytest.fixture
def figure(request):
    """Keeps a number for the table of `make security`."""

    def figure(name, value, unit=""):
        found = {"figure": name, "value": value, "unit": unit}
        keep(line_of(request.node) | found)

    return figure


@pytest.fixture
def queue_without_worker(settings):
    """Nothing runs until the test lets its workers."""
    backend = "django.tasks.backends.dummy.DummyBackend"
    settings.TASKS = {"default": {"BACKEND": backend}}


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" or not report.passed:
        keep(line_of(item) | {"outcome": report.outcome})
    return report
