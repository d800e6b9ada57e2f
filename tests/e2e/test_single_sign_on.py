"""Single sign-on against a real provider, as a person walks it in the browser."""

import os
import socket
import subprocess
import sys
import time
from urllib.error import URLError
from urllib.request import urlopen

import pytest
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.conf import settings as portal
from django.urls import reverse

from accounts.models import User
from tests.accounts.sign_in.codes import give_app
from tests.sso_provider.people import CLIENT_ID, CLIENT_SECRET, PASSWORD

STARTED_WITHIN = 60
CALLBACK = "/account/sso/login/callback/"


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture
def provider(live_server, tmp_path):
    """The provider's address, while it runs."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [
            sys.executable,
            "-m",
            "tests.sso_provider",
            str(port),
            live_server.url + CALLBACK,
            str(tmp_path),
        ],
        cwd=portal.BASE_DIR,
        env=os.environ | {"NO_PROXY": "*"},
        stdout=subprocess.DEVNULL,
        stderr=(tmp_path / "provider.log").open("w"),
    )
    wait_for(f"{issuer}/.well-known/openid-configuration", tmp_path)
    yield issuer
    process.terminate()
    process.wait()


def wait_for(url, folder):
    until = time.monotonic() + STARTED_WITHIN
    while time.monotonic() < until:
        try:
            return urlopen(url).close()
        except URLError:
            time.sleep(0.2)
    raise AssertionError((folder / "provider.log").read_text())


@pytest.fixture
def single_sign_on(settings, provider):
    settings.SSO_ISSUER = provider
    settings.SSO_CLIENT_ID = CLIENT_ID
    settings.SSO_CLIENT_SECRET = CLIENT_SECRET
    settings.SSO_NAME = "City account"
    return provider


@pytest.fixture
def walk(page, live_server, single_sign_on):
    """To the provider from the sign-in, and back as `username`."""

    def walk(username, path="/admin/"):
        page.goto(live_server.url + path)
        page.get_by_role("link", name="Sign in with City account").click()
        page.wait_for_url(f"{single_sign_on}/**")
        page.locator("[name=login]").fill(username)
        page.locator("[name=password]").fill(PASSWORD)
        page.get_by_role("button", name="Sign In").first.click()
        page.wait_for_url(f"{live_server.url}/**")

    return walk


def is_refused(page, words):
    page.get_by_text(words).wait_for()
    # The browser reports a refusal in its console.
    page.expected_errors[:] = [e for e in page.expected_errors if "403" not in e]
    return not SocialAccount.objects.exists()


@pytest.mark.parametrize("username", ["unknown", "root"])
def test_unknown_address_is_refused(page, walk, root, front_desk, username):
    people = User.objects.count()
    walk(username)

    assert is_refused(page, "Nobody here has the e-mail address")
    assert User.objects.count() == people


def test_unverified_address_is_refused(page, walk, manager):
    walk("unverified")

    assert is_refused(page, "has not verified your e-mail address")


def test_switched_off_account_is_refused(page, walk, front_desk):
    User.objects.filter(pk=front_desk.pk).update(is_active=False)
    walk("known")

    assert is_refused(page, "Your account does not open the portal")


def test_second_identity_of_one_person_is_refused(page, walk, front_desk):
    SocialAccount.objects.create(user=front_desk, provider="sso", uid="999")
    walk("known")

    page.get_by_text("Another account of City account is linked to you").wait_for()
    page.expected_errors.clear()
    assert SocialAccount.objects.get().uid == "999"


def test_answer_that_was_not_asked_for_is_refused(page, live_server, single_sign_on):
    page.goto(f"{live_server.url}{CALLBACK}?code=x&state=made-up")

    assert is_refused(page, "This sign-in was not begun here, or is too old.")


def test_answer_is_taken_once(page, walk, context, live_server, front_desk):
    answers = []
    page.on("request", lambda sent: answers.append(sent.url))
    walk("known")
    page.wait_for_url("**/admin/")
    [answer] = [url for url in answers if CALLBACK in url]

    context.clear_cookies()
    page.goto(answer)

    page.get_by_text("This sign-in was not begun here").wait_for()
    page.expected_errors.clear()


def test_provider_that_is_down_is_told(page, settings, live_server):
    settings.SSO_ISSUER = f"http://127.0.0.1:{free_port()}"
    settings.SSO_NAME = "City account"
    page.goto(live_server.url + reverse("account_login"))
    page.get_by_role("link", name="Sign in with City account").click()

    assert is_refused(page, "City account did not answer as it should.")


def test_known_person_is_linked_and_let_in(page, walk, live_server, front_desk):
    walk("known", "/account/sessions/")

    page.wait_for_url("**/account/sessions/")
    [link] = SocialAccount.objects.all()
    assert (link.user, link.provider) == (front_desk, "sso")
    assert set(link.extra_data) == {"id_token", "userinfo"}
    page.goto(live_server.url + reverse("socialaccount_connections"))
    page.get_by_text("Linked since").wait_for()


def test_link_outlives_another_address(page, walk, context, front_desk):
    walk("known")
    page.wait_for_url("**/admin/")
    User.objects.filter(pk=front_desk.pk).update(email="new@example.org")
    context.clear_cookies()

    walk("known")

    page.wait_for_url("**/admin/")


@pytest.mark.parametrize("trusted", [False, True])
def test_second_factor_of_the_provider_counts_where_it_is_trusted(
    page, walk, settings, importer, trusted
):
    give_app(importer)
    settings.SSO_SECOND_FACTOR = trusted
    walk("with-factor")

    page.wait_for_url("**/admin/" if trusted else "**/account/2fa/authenticate/")
    assert Authenticator.objects.count() == 1


def test_provider_without_a_second_factor_is_not_enough(
    page, walk, settings, front_desk
):
    give_app(front_desk)
    settings.SSO_SECOND_FACTOR = True
    walk("known")

    page.wait_for_url("**/account/2fa/authenticate/")
