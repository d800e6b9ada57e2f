"""Signing in, in a real browser, with a real (virtual) authenticator."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.urls import reverse

from tests.accounts.sign_in.codes import code_of
from tests.conftest import PASSWORD

CHOSEN = "seventeen green herons"


@pytest.fixture
def authenticator(page):
    """A device with a fingerprint reader, which always says yes."""
    browser = page.context.new_cdp_session(page)
    browser.send("WebAuthn.enable")
    added = browser.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    return browser, added["authenticatorId"]


@pytest.fixture
def open_page(page, live_server):
    return lambda name: page.goto(live_server.url + reverse(name))


@pytest.fixture
def add_passkey(page, open_page):
    def add_passkey(name):
        open_page("mfa_add_webauthn")
        page.get_by_label("Name").fill(name)
        page.get_by_role("button", name="Add").click()
        page.wait_for_url("**/recovery-codes/")

    return add_passkey


@pytest.fixture
def sign_out(page):
    def sign_out():
        page.get_by_role("button", name=re.compile("@example.org")).click()
        page.get_by_role("button", name="Log out").click()
        page.wait_for_url("**/account/login/")

    return sign_out


def fill_in(page, name, password=PASSWORD):
    page.get_by_label("Username or e-mail").fill(name)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()


def test_wrong_password_is_told(page, open_page, front_desk):
    open_page("account_login")
    fill_in(page, "front_desk", "wrong")

    page.get_by_text("The username or the password is wrong").wait_for()


def test_passkey_signs_in_alone(
    page, sign_in, authenticator, add_passkey, sign_out, manager
):
    sign_in(manager)
    add_passkey("Work laptop")
    sign_out()

    page.get_by_role("button", name="Sign in with a passkey").click()

    page.wait_for_url("**/admin/")
    assert Authenticator.objects.get(type="webauthn").wrap().name == "Work laptop"


def test_passkey_is_the_second_factor_after_a_password(
    page, open_page, sign_in, authenticator, add_passkey, sign_out, manager
):
    sign_in(manager)
    add_passkey("Work laptop")
    sign_out()
    fill_in(page, "manager@example.org")

    page.get_by_role("button", name="Use a passkey or security key").click()

    page.wait_for_url("**/admin/")


def test_passkey_of_nobody_is_refused(
    page, open_page, sign_in, authenticator, add_passkey, sign_out, manager
):
    sign_in(manager)
    add_passkey("Lost telephone")
    Authenticator.objects.all().delete()
    sign_out()

    page.get_by_role("button", name="Sign in with a passkey").click()

    page.get_by_text("Incorrect code.").wait_for()


def test_passkey_is_renamed_and_removed(
    page, open_page, sign_in, authenticator, add_passkey, front_desk
):
    sign_in(front_desk)
    add_passkey("Laptop")
    open_page("mfa_list_webauthn")
    page.get_by_role("link", name="Edit").click()
    page.get_by_label("Name").fill("Blue laptop")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Blue laptop").wait_for()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove").click()

    page.get_by_text("Security key removed.").wait_for()
    assert not Authenticator.objects.exists()


def test_app_and_recovery_code_walk(page, open_page, sign_in, sign_out, manager):
    sign_in(manager)
    open_page("mfa_activate_totp")
    secret = page.locator("code").inner_text()
    page.get_by_label("Authenticator code").fill(code_of(secret))
    page.get_by_role("button", name="Add the app").click()
    page.wait_for_url("**/recovery-codes/")
    recovery = page.locator("li code").first.inner_text()
    sign_out()
    fill_in(page, "manager")
    page.get_by_label("Code").fill(recovery)
    page.get_by_role("button", name="Sign in").click()

    page.wait_for_url("**/admin/")


def test_forgotten_password_walk(page, live_server, open_page, front_desk):
    open_page("account_login")
    page.get_by_role("link", name="Forgotten your password?").click()
    page.get_by_label("E-mail").fill(front_desk.email)
    page.get_by_role("button", name="Send the link").click()
    page.get_by_text("a letter with a link is on its way").wait_for()
    [link] = re.findall(r"http\S+/key/\S+", mail.outbox[0].body)
    page.goto(link)
    page.get_by_label("New Password*", exact=True).fill(CHOSEN)
    page.get_by_label("New Password (again)").fill(CHOSEN)
    page.get_by_role("button", name="Set the password").click()
    page.get_by_role("link", name="Sign in").click()
    fill_in(page, "front_desk", CHOSEN)

    page.wait_for_url("**/admin/")


def test_menu_leads_to_the_own_pages(page, open_page, front_desk):
    open_page("account_login")
    fill_in(page, "front_desk")
    page.get_by_role("button", name=re.compile("@example.org")).click()
    page.get_by_role("link", name="Devices").click()

    page.get_by_text("This device").wait_for()
