"""A person's timeline, walked as a manager would: read, compared, and gone back in."""

import re

import pytest
from django.contrib.auth.models import Group
from playwright.sync_api import expect

from accounts.models import User
from portal.history.acts import change_set
from readers.models import Reader


@pytest.fixture
def anna(reader_user, manager):
    for name, notes in (("Anne", "Large print"), ("Hanna", "Prefers mornings")):
        with change_set(actor=manager, reason=f"Is called {name}", kind="form"):
            User.objects.filter(pk=reader_user.pk).update(first_name=name)
            Reader.objects.filter(user=reader_user).update(notes=notes)
    reader_user.groups.add(Group.objects.get(name="Importer"))
    return reader_user


@pytest.fixture
def history(page, visit, sign_in, manager, anna):
    """The timeline, opened from the Reader on the person's page."""
    sign_in(manager)
    visit("accounts_user_change", anna.pk)
    page.get_by_role("link", name="All changes of the person").click()
    return page


def entry(page, text):
    return page.locator(".rr-timeline > li").filter(has_text=text)


def test_field_is_followed_and_brought_back(history, anna):
    entry(history, "Is called Hanna").get_by_role("link", name="First name").click()
    expect(history.locator(".rr-timeline > li")).to_have_count(3)
    expect(history.locator(".rr-facts")).to_contain_text("Hanna")
    entry(history, "Is called Anne").get_by_text("Back to this value").click()
    expect(history.locator(".rr-diff .rr-new")).to_have_text("Anne")
    history.get_by_label("Reason for the change").fill("Was right")
    history.get_by_role("button", name="Revert").click()

    expect(history.locator(".rr-facts")).to_contain_text("Anne")
    expect(entry(history, "Was right")).to_be_visible()
    anna.refresh_from_db()
    assert (anna.first_name, anna.reader.notes) == ("Anne", "Prefers mornings")
    history.get_by_role("button", name="Undo").click()
    history.wait_for_url(re.compile("changeset"))
    anna.refresh_from_db()
    assert anna.first_name == "Hanna"


def test_two_points_are_compared_with_the_keyboard(history):
    first = entry(history, "Is called Anne").get_by_text("Compare with another")
    first.focus()
    history.keyboard.press("Enter")
    expect(history.get_by_role("status")).to_contain_text("Choose what to compare")
    second = entry(history, "Is called Hanna").get_by_text("Compare with this one")
    second.focus()
    history.keyboard.press("Enter")

    expect(history.locator(".rr-old")).to_have_text(["Anne", "Large print"])
    expect(history.locator(".rr-new")).to_have_text(["Hanna", "Prefers mornings"])
    history.get_by_role("link", name="Back to the history").click()
    expect(history).to_have_url(re.compile(r"/history/$"))


def test_person_is_seen_as_of_a_date_and_brought_back(history, anna):
    made = anna.history.order_by("history_id")[1].history_date
    minute = f"{made:%Y-%m-%dT%H:%M}"
    history.get_by_label("As it was on").fill("1999-01-01T12:00")
    history.get_by_role("button", name="Show").click()
    expect(history.get_by_text("It was not there yet").first).to_be_visible()
    history.get_by_label("As it was on").fill(minute)
    history.get_by_role("button", name="Show").click()
    expect(history.locator(".rr-facts").first).to_contain_text("anna.berg")
    history.get_by_role("link", name="Back to the history").click()
    entry(history, "Is called Anne").get_by_text("Bring everything back").click()
    expect(history.locator(".rr-plan > li")).to_have_count(2)
    history.get_by_label("Reason for the change").fill("All of it was wrong")
    history.get_by_role("button", name="Revert (2)").click()

    expect(entry(history, "All of it was wrong")).to_be_visible()
    anna.refresh_from_db()
    assert (anna.first_name, anna.groups.count()) == ("Anne", 0)
    assert Reader.objects.get(user=anna).notes == "Large print"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_the_timeline_fit_on_a_phone(page, visit, history, anna, theme):
    page.emulate_media(color_scheme=theme)
    page.set_viewport_size({"width": 390, "height": 844})
    first = anna.history.order_by("history_id")[0].change_set_id
    for name, args, query in (
        ("history", (), f"?compare={first}"),
        ("history", (), "?field=user.first_name"),
        ("compare", (), f"?one={first}&other=now"),
        ("as_of", (), "?at=2099-01-01"),
        ("back", (first,), ""),
    ):
        assert visit(f"accounts_user_{name}", anna.pk, *args, query=query).status == 200
        is_wider = "document.documentElement.scrollWidth > window.innerWidth"
        assert not page.evaluate(is_wider), f"{name} scrolls sideways"
