"""How a real Chromium is started; import the fixtures where a conftest needs them."""

import os
import shutil

import pytest

# The browser's driver keeps an event loop in this thread, and Django would refuse
# the database here; the tests themselves await nothing.
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"

BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def browser_path():
    return os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)))


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
