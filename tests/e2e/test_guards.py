"""The guards of the sign-in as people meet them."""

from importlib import import_module

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import expect

from accounts.guards.proof import SIGNED_IN_AT
from accounts.models import User
from tests.accounts.guards.codes import totp
from tests.conftest import PASSWORD


@pytest.fixture
def session_of(page):
    """The session of the browser, from the database."""

    def session_of():
        cookies = {each["name"]: each["value"] for each in page.context.cookies()}
        engine = import_module(settings.SESSION_ENGINE)
        return engine.SessionStore(cookies[settings.SESSION_COOKIE_NAME])

    return session_of


def enter_password(page):
    page.locator("[type=password]").fill(PASSWORD)
    page.locator("[type=password]").press("Enter")


def test_first_sign_in_sets_up_a_second_factor(page, visit, manager, session_of):
    visit("accounts_user_changelist")
    page.locator("[name=login], [name=username]").fill("manager")
    enter_password(page)

    expect(page.get_by_text("set up a second factor")).to_be_visible()
    secret = session_of()["mfa.totp.secret"]
    page.locator("[name=code]").fill(totp(secret))
    page.locator("[name=code]").press("Enter")

    expect(page.get_by_text("Keep the recovery codes")).to_be_visible()
    page.get_by_role("link", name="go on").click()
    page.wait_for_url("**" + reverse("admin:accounts_user_changelist"))


def test_form_that_was_interrupted_goes_on(
    page, visit, root, reader_user, sign_in, session_of
):
    sign_in(root)
    visit("accounts_user_change", reader_user.pk)
    session = session_of()
    session[SIGNED_IN_AT] -= 20 * 60
    session.save()
    page.get_by_role("textbox", name="First name").fill("Hanna")
    page.locator("[name=is_staff]").evaluate("box => { box.checked = true }")
    page.get_by_role("button", name="Save", exact=True).click()

    expect(page.get_by_text("Please confirm that it is you")).to_be_visible()
    enter_password(page)

    expect(page.get_by_text("was changed successfully")).to_be_visible()
    person = User.objects.get(pk=reader_user.pk)
    assert (person.first_name, person.is_staff) == ("Hanna", True)


def test_person_page_leads_to_the_sessions(page, visit, manager, front_desk, sign_in):
    sign_in(manager)
    visit("accounts_user_change", front_desk.pk)
    page.get_by_role("link", name="Sessions").click()

    expect(page.get_by_text("Signed in nowhere")).to_be_visible()
