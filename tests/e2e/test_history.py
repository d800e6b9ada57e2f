"""The whole history as an auditor reads it, and a manager takes things back."""

import re

import pytest
from playwright.sync_api import expect

from accounts.models import User
from portal.history.acts import change_set
from readers.models import Reader


@pytest.fixture
def june(importer):
    """An import of a dozen people, one of whom somebody edited since."""
    with change_set(actor=importer, kind="import", subject="june.xlsx"):
        User.objects.bulk_create(
            User(username=f"june.{n:02}", first_name="June", last_name=f"Reader {n}")
            for n in range(12)
        )
    with change_set(actor=importer, kind="form", reason="Married"):
        User.objects.filter(username="june.03").update(last_name="Ångström")


@pytest.fixture
def desk(sign_in, manager, branch, category):
    sign_in(manager)


def line(page, text):
    return page.locator(".rr-line").filter(has_text=text)


def give_reason(page, text, button):
    page.get_by_label("Reason for the change").fill(text)
    page.get_by_role("button", name=button).click()


def test_line_opens_in_place_and_filters_keep_their_address(
    page, visit, sign_in, auditor, june
):
    sign_in(auditor)
    visit("portal_changeset_changelist", query="?kind=import")
    expect(page.locator(".rr-line")).to_have_count(1)
    opened = line(page, "Imported 12 people from june.xlsx")
    opened.locator("summary").click()
    expect(opened).to_contain_text("june.00")
    opened.get_by_role("link", name="Open the change set").click()

    expect(
        page.locator("h2, h1, p").filter(has_text="Imported 12 people")
    ).to_be_visible()


def test_person_is_found_by_name_through_all_of_history(
    page, visit, sign_in, auditor, june
):
    sign_in(auditor)
    visit("portal_changeset_changelist")
    search = page.get_by_placeholder(re.compile("Search by name"))
    search.fill("ångström")
    search.press("Enter")

    expect(page.locator(".rr-line")).to_have_count(2)
    expect(line(page, "Changed Last name of June Ångström")).to_be_visible()


def test_import_is_taken_back_but_for_whom_somebody_edited(page, visit, desk, june):
    visit("portal_changeset_changelist", query="?kind=import")
    page.locator("a").filter(has_text=re.compile(r"\d\d:\d\d")).first.click()
    page.get_by_role("link", name="Revert this change set").click()
    expect(page.get_by_role("heading", name="Will be reverted: 22")).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile("^Kept.*: 2"))).to_be_visible()
    give_reason(page, "Wrong file", "Revert (22)")

    expect(page.get_by_text("22 objects reverted.")).to_be_visible()
    assert list(User.objects.filter(username__startswith="june.")) == [
        User.objects.get(last_name="Ångström")
    ]


def test_saved_form_is_undone_from_its_message(page, visit, desk, reader_user):
    visit("accounts_user_change", reader_user.pk)
    page.get_by_role("textbox", name="Last name").fill("Wrong")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Undo").click()

    expect(page.get_by_text("1 object reverted.")).to_be_visible()
    reader_user.refresh_from_db()
    assert reader_user.last_name == "Berg"


def test_deleted_person_comes_back_whole(page, visit, desk, reader_user):
    key, card = reader_user.pk, reader_user.reader.card_number
    visit("accounts_user_delete", key)
    give_reason(page, "Moved away", re.compile("Yes, I"))
    visit("portal_deleted")
    expect(page.get_by_text("Moved away")).to_be_visible()
    page.get_by_role("checkbox", name="Anna Berg").check()
    page.get_by_role("button", name="Restore the chosen ones").click()
    expect(page.get_by_role("heading", name="Will come back: 2")).to_be_visible()
    give_reason(page, "Came back", "Restore (2)")

    expect(page.get_by_text("2 objects came back.")).to_be_visible()
    assert Reader.objects.get(user=key).card_number == card
