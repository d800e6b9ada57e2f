"""A real Chromium against the served portal; any console error fails the test."""

import os
import shutil

import pytest
from django.urls import reverse

from tests.conftest import PASSWORD

# The browser's driver keeps an event loop in this thread, and Django would refuse
# the database here; the tests themselves await nothing.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser_path():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)))


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args):
    return {
        **browser_type_launch_args,
        "executable_path": browser_path(),
        "args": ["--no-sandbox", "--disable-gpu", "--disable-background-networking"],
    }


@pytest.fixture(scope="session")
def browser_context_args(browser_context_args):
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def page(page):
    """Playwright's page, which must stay free of errors."""
    errors = []
    page.set_default_timeout(15_000)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on(
        "console",
        lambda said: errors.append(said.text) if said.type == "error" else None,
    )
    page.expected_errors = errors
    yield page
    assert errors == []


@pytest.fixture
def visit(page, live_server):
    """Opens one of the portal's pages by the name of its URL."""

    def visit(name, *args, query=""):
        return page.goto(live_server.url + reverse(f"admin:{name}", args=args) + query)

    return visit


@pytest.fixture
def sign_in(page, visit):
    def sign_in(user):
        visit("login")
        page.get_by_label("Username").fill(user.username)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Log in").click()
        page.wait_for_url("**/admin/")

    return sign_in
