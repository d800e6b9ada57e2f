"""Makes the README's pictures from the demo data: `make screenshots`.

It makes a database of its own in a temporary folder, serves it on a free port, and
drives the browser that `CHROMIUM` names (else Debian's).
"""

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

DOCS = Path(__file__).resolve().parent
MANAGE = DOCS.parent / "manage.py"
PASSWORD = "pictures of the reading room"
SIZE = {"width": 1440, "height": 900}
SECONDS_TO_START = 30


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def manage(environment: dict[str, str], *arguments: str) -> None:
    command = [sys.executable, str(MANAGE), *arguments]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def wait_for(address: str) -> None:
    for _attempt in range(SECONDS_TO_START * 10):
        try:
            urllib.request.urlopen(address, timeout=5).close()
            return
        except urllib.error.URLError:
            time.sleep(0.1)
    raise SystemExit(f"The portal did not answer at {address}")


@contextmanager
def portal() -> Iterator[str]:
    """The address of a portal with the demo data, for as long as the block runs."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {
            **os.environ,
            "DATABASE_URL": f"sqlite:///{folder}/demo.sqlite3",
            "ENVIRONMENT_NAME": "Demo",
            # Nobody stands there to show one.
            "SECOND_FACTOR_RIGHTS": "",
        }
        manage(environment, "migrate", "--no-input", "-v0")
        manage(environment, "demo", "--password", PASSWORD)
        port = str(free_port())
        server = subprocess.Popen(
            [sys.executable, str(MANAGE), "serve", "--web-only", "--port", port],
            env=environment,
            stdout=subprocess.DEVNULL,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            wait_for(f"{address}/admin/login/")
            yield address
        finally:
            server.terminate()
            server.wait()


def sign_in(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/login/")
    page.get_by_label("Username").fill("manager")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Log in").click()


def fill_add_form(page: Page) -> None:
    page.get_by_role("textbox", name="First name").fill("Zoë")
    page.get_by_role("textbox", name="Last name").fill("Ångström")
    page.get_by_role("textbox", name="E-mail").fill("zoe@example.org")


def open_longest_history(page: Page, address: str) -> None:
    page.goto(f"{address}/admin/portal/changeset/?kind=revert")
    page.locator("#result_list tbody a").first.click()
    name = page.locator(".rr-timeline-body p").first.inner_text()
    page.goto(f"{address}/admin/accounts/user/?q={name.split()[-1]}")
    page.locator("#result_list tbody a").first.click()
    page.locator("#main").get_by_role("link", name="History").click()


def main() -> None:
    browser_path = os.environ.get("CHROMIUM") or "/usr/bin/chromium"
    with portal() as address, sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_path, args=["--no-sandbox"]
        )
        page = browser.new_page(viewport=SIZE)
        sign_in(page, address)
        page.goto(f"{address}/admin/accounts/user/")
        page.screenshot(path=DOCS / "people.png")
        page.goto(f"{address}/admin/accounts/user/add/")
        fill_add_form(page)
        page.screenshot(path=DOCS / "add-person.png")
        open_longest_history(page, address)
        page.screenshot(path=DOCS / "history.png")
        browser.close()


if __name__ == "__main__":
    main()
