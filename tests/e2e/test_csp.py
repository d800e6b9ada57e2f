"""No page asks for anything that the policy refuses, in light and dark."""

import pytest
from django.urls import reverse
from playwright.sync_api import Error

from readers.models import Branch
from tests.portal.conftest import rows  # noqa: F401
from tests.portal.pages import named_addresses

LISTEN = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) => window.refused.push(
    `${event.effectiveDirective} ${event.blockedURI} ${event.sourceFile}`
));
"""


@pytest.fixture
def listening(page):
    page.add_init_script(LISTEN)
    page.on("dialog", lambda dialog: page.expected_errors.append(dialog.message))
    return page


def refused_on(page, url):
    """What the policy refused; None where the address is no page."""
    try:
        response = page.goto(url)
    except Error as error:
        if "Download is starting" in str(error):
            return None
        raise
    if "text/html" not in response.headers.get("content-type", ""):
        return None
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # Alpine and htmx write their styles after the page has come.
        page.wait_for_timeout(100)
    return page.evaluate("window.refused")


def test_policy_refuses_nothing_on_any_page(
    listening,
    live_server,
    sign_in,
    rows,  # noqa: F811
    root,
):
    sign_in(root)
    looked_at, found, errors = 0, {}, listening.expected_errors
    for address in sorted({address for _name, address in named_addresses()}):
        if address == reverse("admin:logout"):
            continue
        refused = refused_on(listening, live_server.url + address)
        looked_at += refused is not None
        if refused:
            found[address] = refused

    # Refusals of the portal itself (403, 404, 405) are errors in the console.
    errors[:] = [each for each in errors if "the server responded" not in each]
    assert found == {}
    assert looked_at > 50


def test_policy_refuses_nothing_to_strangers(listening, live_server):
    for address in ("/admin/login/", "/invitation/x/y/", "/invitation/done/"):
        assert refused_on(listening, live_server.url + address) == []


def test_popup_in_a_frame_saves_and_closes(
    listening, visit, sign_in, root, reader_user
):
    Branch.objects.create(code="MAIN", name="Main library")
    sign_in(root)
    visit("accounts_user_change", reader_user.pk)
    wrapper = listening.locator("[data-id='related-widget-wrapper-reader-0-branch']")
    wrapper.get_by_text("more_vert").click()
    listening.locator("#add_id_reader-0-branch").click()
    frame = listening.frame_locator("iframe.related-modal-frame")
    frame.get_by_label("Name").fill("East")
    frame.get_by_label("Code").fill("EAST")
    frame.get_by_role("button", name="Save", exact=True).click()

    listening.locator("iframe.related-modal-frame").wait_for(state="hidden")
    assert Branch.objects.filter(code="EAST").exists()
    assert listening.evaluate("window.refused") == []
