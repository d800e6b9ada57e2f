"""An auditor's morning: look at what waits, flag one, mark the rest, be done."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet, Review


@pytest.fixture
def queue(auditor, manager, reader_user):
    """Three acts of the manager wait; that there are staff has been reviewed."""
    act = ChangeSet.objects.create(kind="action")
    for made in ChangeSet.objects.waiting():
        Review.objects.create(change_set=made, verdict="reviewed", by=act)
    for n in range(3):
        with change_set(actor=manager, kind="form", subject=f"Person Anna {n}"):
            User.objects.filter(pk=reader_user.pk).update(email=f"{n}@example.org")
    return list(ChangeSet.objects.waiting().order_by("pk"))


def press(page, name):
    page.get_by_role("button", name=name).click()


def test_auditor_works_through_the_queue(page, visit, sign_in, auditor, queue):
    sign_in(auditor)
    page.get_by_role("link", name="Waiting for review 3").click()
    expect(page.get_by_text("E-mail of 1 person")).to_have_count(3)
    expect(page.get_by_role("cell", name="0@example.org").first).to_be_visible()

    # One is looked at on its own page, and flagged; that needs a comment.
    page.get_by_role("link", name="Person Anna 1").click()
    press(page, "Flag")
    expect(page.get_by_text("a flag needs a comment")).to_be_visible()
    page.get_by_label("Comment").fill("Whose address is that?")
    press(page, "Flag")
    expect(page.get_by_text("auditor flagged it")).to_be_visible()
    page.get_by_role("link", name="Next waiting").click()
    expect(page.get_by_text("Form: Person Anna 2")).to_be_visible()

    # The others are marked together.
    page.get_by_role("link", name="To the queue").click()
    expect(page.get_by_text("Whose address is that?")).to_be_visible()
    page.get_by_role("link", name="Waiting", exact=True).click()
    page.get_by_label("All on this page").check()
    page.get_by_label("Comment").fill("Asked at the desk")
    press(page, "Mark reviewed")
    expect(page.get_by_text("2 change sets are marked reviewed")).to_be_visible()
    expect(page.get_by_text("Nothing waits for a review")).to_be_visible()

    # The dashboard tells, and the history has what was done.
    visit("index")
    expect(page.get_by_role("link", name="Waiting for review 0")).to_be_visible()
    expect(page.get_by_role("link", name="Flagged 1")).to_be_visible()
    expect(page.get_by_role("link", name="Reviewed 2 change sets")).to_be_visible()
    assert [made.pk for made in ChangeSet.objects.flagged()] == [queue[1].pk]


def test_return_key_in_the_comment_sends_nothing(page, visit, sign_in, auditor, queue):
    sign_in(auditor)
    visit("portal_review")
    page.get_by_label("All on this page").check()
    page.get_by_label("Comment").fill("This is wrong!")
    page.get_by_label("Comment").press("Enter")

    expect(page.get_by_label("Comment")).to_have_value("This is wrong!")
    assert ChangeSet.objects.waiting().count() == 3


def test_queue_fits_on_a_phone(page, visit, sign_in, auditor, queue):
    page.set_viewport_size({"width": 390, "height": 844})
    sign_in(auditor)

    visit("portal_review")
    is_wider = "document.documentElement.scrollWidth > window.innerWidth"
    assert not page.evaluate(is_wider)
    visit("portal_changeset_change", queue[0].pk)
    assert not page.evaluate(is_wider)
