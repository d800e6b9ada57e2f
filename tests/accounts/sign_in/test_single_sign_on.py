"""What the portal makes of a provider's answers, those that no honest one gives too.

tests/e2e/test_single_sign_on.py walks it against a real provider.
"""

import time
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount
from django.urls import reverse

from accounts.models import User
from accounts.sign_in.sso.adapter import PortalSocialAccountAdapter
from tests.accounts.sign_in.codes import give_app

pytestmark = pytest.mark.django_db

ISSUER = "https://sso.example"
CALLBACK = reverse("openid_connect_callback")
START = reverse("openid_connect_login")
DISCOVERY = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "userinfo_endpoint": f"{ISSUER}/userinfo",
    "jwks_uri": f"{ISSUER}/jwks",
}


class Answer:
    """A response of the provider."""

    status_code = 200
    headers = {"content-type": "application/json"}

    def __init__(self, data):
        self.data = data

    def json(self):
        return self.data

    def raise_for_status(self):
        pass


class Provider:
    """In place of the network: answers as the test says."""

    def __init__(self):
        self.nonce = None
        self.token = {}
        self.told = {}

    def __enter__(self):
        return self

    def __exit__(self, *problem):
        pass

    def get(self, url, **kwargs):
        return Answer(DISCOVERY if "well-known" in url else self.claims(self.told))

    def request(self, method, url, **kwargs):
        token = {
            "iss": ISSUER,
            "aud": "portal",
            "exp": time.time() + 60,
            "iat": time.time(),
            "nonce": self.nonce,
        }
        id_token = jwt.encode(self.claims(token | self.token), "x" * 32)
        return Answer({"access_token": "a", "id_token": id_token})

    def claims(self, more):
        claims = {
            "sub": "17",
            "email": "front_desk@example.org",
            "email_verified": True,
            **more,
        }
        return {name: value for name, value in claims.items() if value is not None}


@pytest.fixture
def provider(settings, monkeypatch):
    settings.SSO_ISSUER = ISSUER
    settings.SSO_CLIENT_ID = "portal"
    settings.SSO_CLIENT_SECRET = "x"
    network = Provider()
    monkeypatch.setattr(
        PortalSocialAccountAdapter, "get_requests_session", lambda self: network
    )
    return network


@pytest.fixture
def come_back(client, provider):
    """Goes to the provider and comes back with its answer."""

    def come_back(**sent):
        asked = parse_qs(urlsplit(client.get(START)["Location"]).query)
        provider.nonce = asked["nonce"][0]
        answer = {"code": "c", "state": asked["state"][0]} | sent
        return client.get(CALLBACK, answer)

    return come_back


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("part", "claims"),
    [
        ("token", {"nonce": "another"}),
        ("token", {"nonce": None}),
        ("token", {"iss": "https://evil.example"}),
        ("token", {"aud": "another"}),
        ("token", {"exp": 1}),
        ("told", {"sub": "18"}),
        ("told", {"email_verified": False}),
        ("told", {"email_verified": None}),
        ("told", {"email_verified": "false"}),
        ("told", {"email": None}),
        ("told", {"email": "front_desk@example.com"}),
        ("told", {"email": "nobody@example.org", "preferred_username": "front_desk"}),
    ],
    ids=str,
)
def test_answer_that_shows_no_person_is_refused(
    client, come_back, provider, front_desk, part, claims
):
    setattr(provider, part, claims)
    people = User.objects.count()

    response = come_back()

    assert response.status_code in (401, 403)
    assert not is_in(client) and not SocialAccount.objects.exists()
    assert User.objects.count() == people


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
@pytest.mark.parametrize("is_linked", [False, True])
def test_closed_account_is_refused(client, come_back, front_desk, change, is_linked):
    if is_linked:
        SocialAccount.objects.create(user=front_desk, provider="sso", uid="17")
    User.objects.filter(pk=front_desk.pk).update(**change)

    response = come_back()

    assert response.status_code in (302, 403)
    assert response.get("Location", "").removeprefix("/account/inactive/") == ""
    assert not is_in(client)


@pytest.mark.parametrize("state", ["", "made-up"])
def test_answer_with_another_state_is_refused(client, come_back, front_desk, state):
    assert come_back(state=state).status_code == 403
    assert not is_in(client)


def test_answer_passes_once(client, come_back, provider, front_desk):
    answer = come_back().wsgi_request.get_full_path()

    assert client.get(answer).status_code == 403


def test_cancelling_is_told(client, come_back, front_desk):
    response = come_back(error="access_denied")

    assert response["Location"] == reverse("socialaccount_login_cancelled")


@pytest.mark.parametrize("method", ["get", "request"])
def test_provider_that_is_down_is_told(client, come_back, provider, method):
    def fall(*args, **kwargs):
        raise requests.ConnectionError

    if method == "get":
        provider.get = fall
        response = client.get(START)
    else:
        provider.request = fall
        response = come_back()

    assert response.status_code == 403
    assert "did not answer as it should" in response.content.decode()


def test_link_cannot_alter_what_is_asked(client, provider):
    sent = {"auth_params": "prompt=none&nonce=x", "scope": "all", "process": "connect"}

    asked = parse_qs(urlsplit(client.get(START, sent)["Location"]).query)

    assert asked["prompt"] == ["select_account"]
    assert asked["nonce"] != ["x"]
    assert set(asked["scope"][0].split()) == {"openid", "profile", "email"}
    assert asked["code_challenge_method"] == ["S256"]


def test_sign_on_links_nothing_to_who_is_signed_in(client, come_back, manager):
    """Whoever leads somebody to their own identity must not get into the account."""
    client.force_login(manager)
    come_back()

    assert not SocialAccount.objects.filter(user=manager).exists()


def test_verified_address_lets_in_and_is_kept_alone(client, come_back, front_desk):
    come_back()

    assert client.session["_auth_user_id"] == str(front_desk.pk)
    [link] = SocialAccount.objects.all()
    assert set(link.extra_data["userinfo"]) == {"sub", "email", "email_verified"}


@pytest.mark.parametrize(
    ("trusted", "claims", "asked"),
    [
        (False, {"amr": ["pwd", "mfa"]}, True),
        (True, {"amr": ["pwd"]}, True),
        (True, {}, True),
        (True, {"amr": ["pwd", "mfa"]}, False),
        (True, {"acr": "phr"}, False),
    ],
)
def test_second_factor_is_asked_for_unless_the_provider_is_trusted_and_says_so(
    client, come_back, provider, front_desk, settings, trusted, claims, asked
):
    settings.SSO_SECOND_FACTOR = trusted
    give_app(front_desk)
    provider.token = claims

    response = come_back()

    assert (response["Location"] == reverse("mfa_authenticate")) is asked
    assert is_in(client) is not asked
    assert Authenticator.objects.count() == 1


def test_second_factor_told_by_userinfo_does_not_count(
    client, come_back, provider, front_desk, settings
):
    settings.SSO_SECOND_FACTOR = True
    give_app(front_desk)
    provider.told = {"amr": ["mfa"]}
    come_back()

    assert not is_in(client)
