"""What the Auditor sees, and what it may not do."""

import pytest
from playwright.sync_api import expect


@pytest.fixture
def audit(auditor, reader_user, sign_in):
    sign_in(auditor)


def test_auditor_reads_a_person_and_finds_nothing_to_press(
    page, visit, audit, reader_user
):
    visit("accounts_user_change", reader_user.pk)

    expect(page.get_by_text("anna.berg").first).to_be_visible()
    expect(page.get_by_role("button", name="Save", exact=True)).to_have_count(0)
    expect(page.get_by_label("Reason for the change")).to_have_count(0)
    visit("accounts_user_history", reader_user.pk)
    expect(page.locator(".rr-timeline > li")).not_to_have_count(0)
    expect(page.get_by_text("Revert")).to_have_count(0)


@pytest.mark.parametrize(
    "name", ["accounts_user_add", "accounts_user_import", "accounts_user_export"]
)
def test_auditor_is_refused_what_writes_or_takes_away(page, visit, audit, name):
    response = visit(name)

    assert response.status == 403
    page.expected_errors.clear()


def test_sidebar_offers_the_auditor_only_what_opens(page, visit, audit):
    visit("index")
    links = page.locator("#nav-sidebar a[href^='/admin/']")
    addresses = {link.get_attribute("href") for link in links.all()}

    assert "/admin/accounts/user/" in addresses
    for address in addresses:
        assert page.goto(page.url.split("/admin/")[0] + address).status == 200
