"""A real Chromium against the served portal; any console error fails the test."""

import pytest
from django.urls import reverse

from tests.browser import browser_context_args, browser_type_launch_args  # noqa: F401
from tests.conftest import PASSWORD


def pytest_collection_modifyitems(items):
    for item in items:
        if "tests/e2e/" in item.path.as_posix():
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.django_db(transaction=True))


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
