"""A real Chromium against the served portal; any console error fails the test."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.browser import browser_context_args, browser_type_launch_args  # noqa: F401


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
def sign_in(page, visit, live_server):
    """As `force_login`: a whole sign-in, with the second factor, just now.

    The sign-in itself is walked by tests of its own.
    """

    def sign_in(user):
        client = Client()
        client.force_login(user)
        cookie = client.cookies[settings.SESSION_COOKIE_NAME]
        page.context.add_cookies(
            [{"name": cookie.key, "value": cookie.value, "url": live_server.url}]
        )
        visit("index")

    return sign_in
