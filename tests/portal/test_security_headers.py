"""What a browser is told about every page: who may frame it, run in it, keep it."""

import os
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db

PAGES = [
    "admin:index",
    "admin:accounts_user_changelist",
    "admin:accounts_user_add",
    "mfa_index",
    "usersessions_list",
]


def directives(response):
    pairs = response["Content-Security-Policy"].split("; ")
    return {name: set(rest) for name, *rest in (pair.split() for pair in pairs)}


@pytest.fixture
def responses(client, root, bystander):
    """Pages of every sort: the sign-in, the pages themselves, and the refusals."""
    found = [client.get(reverse("account_login"))]
    client.force_login(root)
    found += [client.get(reverse(name)) for name in PAGES]
    found.append(client.get("/admin/no/such/page/"))
    client.force_login(bystander)
    found.append(client.get(reverse(PAGES[1])))
    assert [each.status_code for each in found] == [200] * 6 + [404, 403]
    return found


def test_nothing_from_elsewhere_is_loaded_run_or_framed(responses):
    for response in responses:
        policy = directives(response)
        assert policy["default-src"] == {"'none'"}
        assert policy["script-src"] == {"'self'", "'unsafe-eval'"}
        assert policy["object-src"] == policy["base-uri"] == {"'none'"}
        assert policy["form-action"] == {"'self'"}
        assert policy["frame-ancestors"] <= {"'self'", "'none'"}
        sources = set().union(*policy.values())
        assert not {s for s in sources if "*" in s or s.startswith("http")}


def test_each_page_has_the_other_headers(responses):
    for response in responses:
        assert response["X-Frame-Options"] in ("DENY", "SAMEORIGIN")
        assert response["X-Content-Type-Options"] == "nosniff"
        assert response["Referrer-Policy"] == "same-origin"
        assert response["Cross-Origin-Opener-Policy"] == "same-origin"


def test_pages_about_people_are_not_kept_by_browsers(responses):
    for response in responses[1:6]:
        assert "no-store" in response["Cache-Control"]
        assert "private" in response["Cache-Control"]


def test_pages_hold_no_inline_script(responses):
    for response in responses:
        page = response.content.decode()
        scripts = [part.split(">", 1) for part in page.split("<script")[1:]]
        inline = [
            attributes
            for attributes, body in scripts
            if "src=" not in attributes
            and "json" not in attributes
            and body.split("</script")[0].strip()
        ]
        assert inline == []
        assert " onclick=" not in page and " onload=" not in page


def test_cookies_are_out_of_reach_of_scripts_and_other_sites(client, root):
    client.get(reverse("account_login"))
    sign_in(client, "root")

    assert set(client.cookies) == {"csrftoken", "known_devices", "sessionid"}
    assert all(each["httponly"] for each in client.cookies.values())
    assert {each["samesite"] for each in client.cookies.values()} == {"Lax"}
    # As browsers want it of names with __Host- in production.
    assert {each["path"] for each in client.cookies.values()} == {"/"}
    assert {each["domain"] for each in client.cookies.values()} == {""}


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("login", []),
        ("accounts_user_add", []),
        ("accounts_user_changelist", []),
        ("accounts_user_change", ["pk"]),
        ("accounts_user_delete", ["pk"]),
        ("auth_group_add", []),
        ("password_change", []),
        ("logout", []),
    ],
)
def test_post_without_a_token_is_refused(root, reader_user, name, args):
    client = Client(enforce_csrf_checks=True)
    client.force_login(root)
    url = reverse(f"admin:{name}", args=[reader_user.pk for _ in args])

    assert client.post(url, {"post": "yes"}).status_code == 403


# --- Production ------------------------------------------------------------------

ASK = """
from config import settings
print(all([
    settings.SESSION_COOKIE_SECURE,
    settings.CSRF_COOKIE_SECURE,
    settings.SECURE_SSL_REDIRECT,
    settings.SECURE_HSTS_SECONDS >= 31_536_000,
    settings.SECURE_HSTS_INCLUDE_SUBDOMAINS,
    not hasattr(settings, "SECURE_PROXY_SSL_HEADER"),
    settings.SESSION_COOKIE_NAME.startswith("__Host-"),
    settings.CSRF_COOKIE_NAME.startswith("__Host-"),
    settings.CSRF_COOKIE_HTTPONLY,
    not settings.DEBUG,
]))
"""
PRODUCTION = {"DEBUG": "false", "SECRET_KEY": "x" * 60, "ALLOWED_HOSTS": "rr.example"}


SINGLE_SIGN_ON = {
    "SSO_ISSUER": "https://sso.example",
    "SSO_CLIENT_ID": "portal",
    "SSO_CLIENT_SECRET": "x",
}


def start(**environment):
    # Set and empty, so that a `.env` file in the checkout does not fill it in.
    clean = dict.fromkeys(["SECRET_KEY", "ALLOWED_HOSTS", "TRUST_PROXY"], "")
    return subprocess.run(
        [sys.executable, "-c", ASK],
        cwd=settings.BASE_DIR,
        env=os.environ | clean | {"TRUST_PROXY": "false"} | environment,
        capture_output=True,
        text=True,
    )


def test_production_is_closed_to_plain_http():
    started = start(**PRODUCTION)

    assert started.stdout.strip() == "True", started.stderr


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_does_not_start_without(missing):
    started = start(**PRODUCTION | {missing: ""})

    assert started.returncode != 0
    assert f"{missing} is not set" in started.stderr


@pytest.mark.parametrize(
    "wrong",
    [
        {"SSO_ISSUER": "http://sso.example"},
        {"SSO_CLIENT_ID": ""},
        {"SSO_CLIENT_SECRET": ""},
    ],
    ids=str,
)
def test_production_does_not_start_with_half_a_single_sign_on(wrong):
    started = start(**PRODUCTION | SINGLE_SIGN_ON | wrong)

    assert started.returncode != 0
    assert "SSO_ISSUER" in started.stderr


def test_production_starts_with_a_single_sign_on():
    assert start(**PRODUCTION | SINGLE_SIGN_ON).stdout.strip() == "True"
