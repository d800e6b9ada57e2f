"""Codes, recovery codes and keys: what passes, and how they are kept."""

import json

import pytest
from allauth.account.internal.flows.login import AUTHENTICATION_METHODS_SESSION_KEY
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.urls import reverse

from tests.accounts.sign_in.codes import code_of, give_app, give_key
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
ASKED = reverse("mfa_authenticate")


def answer(client, code):
    return client.post(ASKED, {"code": code})


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.fixture
def secret(front_desk):
    return give_app(front_desk)


@pytest.mark.parametrize("code", ["", "000000", "abcdef", "1" * 500, "0\0"])
def test_wrong_code_is_refused(client, secret, code):
    sign_in(client, "front_desk")
    answer(client, code)

    assert not is_in(client)


def test_code_without_a_password_leads_to_the_sign_in(client, secret):
    assert answer(client, code_of(secret))["Location"] == reverse("account_login")


def test_code_of_another_is_refused(client, secret, manager):
    other = give_app(manager)
    sign_in(client, "front_desk")
    answer(client, code_of(other))

    assert not is_in(client)


def test_code_passes_once(client, secret):
    code = code_of(secret)
    sign_in(client, "front_desk")
    answer(client, code)
    client.logout()
    sign_in(client, "front_desk")
    answer(client, code)

    assert not is_in(client)


def test_code_lets_in_and_is_recorded(client, secret):
    assert sign_in(client, "front_desk")["Location"] == ASKED
    answer(client, code_of(secret))

    records = client.session[AUTHENTICATION_METHODS_SESSION_KEY]
    assert [record["method"] for record in records] == ["password", "mfa"]


def test_recovery_code_passes_once(client, front_desk, secret):
    code = RecoveryCodes.activate(front_desk).get_unused_codes()[0]
    seen = []
    for _time in range(2):
        sign_in(client, "front_desk")
        answer(client, code)
        seen.append(is_in(client))
        client.logout()

    assert seen == [True, False]


def test_secrets_are_unreadable_in_the_database(front_desk, secret):
    seed = RecoveryCodes.activate(front_desk).instance.data["seed"]

    app = Authenticator.objects.get(type="totp")
    assert secret not in json.dumps(app.data)
    assert app.data["secret"].startswith("gAAAA")
    assert seed.startswith("gAAAA")


def test_secrets_outlive_a_new_key_of_the_portal(client, secret, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another key of the portal, long enough for it"
    sign_in(client, "front_desk")
    answer(client, code_of(secret))

    assert is_in(client)


def test_app_is_added_with_its_code(client, front_desk):
    sign_in(client, "front_desk")
    url = reverse("mfa_activate_totp")
    page = client.get(url).content.decode()
    secret = client.session[SECRET_SESSION_KEY]
    client.post(url, {"code": code_of(secret)})

    assert secret in page and 'src="data:image/svg+xml' in page
    assert Authenticator.objects.filter(user=front_desk, type="totp").exists()


def test_app_is_not_added_without_its_code(client, front_desk):
    sign_in(client, "front_desk")
    client.get(reverse("mfa_activate_totp"))
    client.post(reverse("mfa_activate_totp"), {"code": "000000"})

    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("name", ["mfa_edit_webauthn", "mfa_remove_webauthn"])
def test_key_of_another_is_not_found(client, front_desk, manager, name):
    key = give_key(manager)
    sign_in(client, "front_desk")

    assert client.post(reverse(name, args=[key.pk])).status_code == 404
    assert Authenticator.objects.filter(pk=key.pk).exists()


@pytest.mark.parametrize(
    "credential",
    ["", "x", "null", "[]", "{}", '{"id": "x"}', '{"rawId": 1, "response": []}'],
)
@pytest.mark.parametrize("name", ["mfa_login_webauthn", "mfa_add_webauthn"])
def test_what_is_no_key_is_refused_politely(client, front_desk, name, credential):
    if name == "mfa_add_webauthn":
        sign_in(client, "front_desk")

    response = client.post(reverse(name), {"credential": credential})

    assert response.status_code in (200, 302)
    assert not Authenticator.objects.exists()
