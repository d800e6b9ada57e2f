"""Who is let in by a password, and where to."""

from typing import ClassVar

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import MD5PasswordHasher
from django.urls import reverse

from tests.conftest import PASSWORD, make_staff
from tests.sign_in import sign_in

pytestmark = pytest.mark.django_db
INDEX = reverse("admin:index")
WRONG = "The username or the password is wrong"


def is_in(client):
    return "_auth_user_id" in client.session


@pytest.mark.parametrize(
    ("name", "password"),
    [
        ("front_desk", "wrong"),
        ("front_desk@example.org", "wrong"),
        ("nobody", PASSWORD),
        ("nobody@example.org", PASSWORD),
        ("front_desk", ""),
        ("", PASSWORD),
        ("front\0desk", PASSWORD),
        ("x" * 10_000, PASSWORD),
    ],
)
def test_wrong_name_or_password_is_refused(client, front_desk, name, password):
    response = sign_in(client, name, password)

    assert response.status_code == 200
    assert not is_in(client)


def test_wrong_password_and_unknown_name_get_the_same_words(client, front_desk):
    pages = [
        sign_in(client, name, "wrong").context["form"].errors
        for name in ("front_desk", "nobody", "front_desk@example.org", "no@example.org")
    ]

    assert all(errors == pages[0] for errors in pages)
    assert WRONG in str(pages[0])


def test_who_has_no_password_gets_the_same_words(client, reader_user):
    errors = sign_in(client, "anna.berg", reader_user.password).context["form"].errors

    assert WRONG in str(errors)


class CountingHasher(MD5PasswordHasher):
    """Counts what takes the time of a sign-in."""

    hashed: ClassVar[list[str]] = []

    def encode(self, password, salt):
        self.hashed.append(password)
        return super().encode(password, salt)


@pytest.mark.parametrize(
    "name", ["front_desk", "anna.berg", "nobody", "no@example.org"]
)
def test_each_refusal_takes_as_long(client, front_desk, reader_user, settings, name):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    CountingHasher.hashed.clear()

    sign_in(client, name, "wrong")

    assert CountingHasher.hashed == ["wrong"]


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_whom_the_portal_is_closed_to_is_told_so(client, front_desk, change):
    for name, value in change.items():
        setattr(front_desk, name, value)
    front_desk.save()

    response = sign_in(client, "front_desk")

    assert response["Location"] == reverse("account_inactive")
    assert not is_in(client)


def test_wrong_password_does_not_tell_that_an_account_is_closed(client, front_desk):
    front_desk.is_active = False
    front_desk.save()

    assert WRONG in str(sign_in(client, "front_desk", "wrong").context["form"].errors)


def test_get_signs_nobody_in(client, front_desk):
    sent = {"login": "front_desk", "password": PASSWORD}
    client.get(reverse("account_login"), sent)

    assert not is_in(client)


@pytest.mark.parametrize(
    "elsewhere", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"]
)
def test_sign_in_leads_to_no_other_site(client, front_desk, elsewhere):
    response = sign_in(client, "front_desk", next=elsewhere)

    assert response["Location"] == INDEX


@pytest.mark.parametrize("elsewhere", ["https://evil.example/", "//evil.example/"])
def test_admin_sign_in_passes_no_other_site_on(client, elsewhere):
    response = client.get(reverse("admin:login"), {"next": elsewhere})

    assert "evil" not in response["Location"]


def test_admin_sign_in_leads_to_the_page_and_back(client, front_desk):
    wanted = reverse("admin:accounts_user_changelist") + "?q=anna"

    page = client.get(wanted, follow=True)
    response = sign_in(client, "front_desk", next=page.context["redirect_field_value"])

    assert page.redirect_chain[-1][0].startswith(reverse("account_login"))
    assert response["Location"] == wanted


@pytest.mark.parametrize("name", ["front_desk", "FRONT_DESK", " front_desk "])
def test_username_lets_in(client, front_desk, name):
    assert sign_in(client, name)["Location"] == INDEX
    assert is_in(client)


@pytest.mark.parametrize("stored", ["Mixed@Example.org", "ängstrom@example.org"])
@pytest.mark.parametrize("typed", [str, str.upper, str.lower])
def test_email_lets_in(client, front_desk, stored, typed):
    front_desk.email = stored
    front_desk.save()

    sign_in(client, typed(stored))

    assert is_in(client)


def test_username_goes_before_an_email(client, front_desk):
    named = make_staff("somebody")
    named.username = "front_desk@example.org"
    named.set_password("seventeen green herons")
    named.save()

    sign_in(client, "front_desk@example.org", "seventeen green herons")

    assert client.session["_auth_user_id"] == str(named.pk)


def test_allauth_keeps_no_address_beside_ours(client, front_desk):
    sign_in(client, "front_desk@example.org")
    client.post(reverse("account_reset_password"), {"email": front_desk.email})

    assert not EmailAddress.objects.exists()


def test_staff_who_lost_the_flag_are_told_so_on_the_next_page(client, front_desk):
    sign_in(client, "front_desk")
    front_desk.is_staff = False
    front_desk.save()

    page = client.get(INDEX, follow=True)

    assert page.redirect_chain[-1][0] == reverse("account_inactive")
    assert "Your account does not open the portal" in page.content.decode()


# --- Out again -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["account_logout", "admin:logout"])
def test_look_at_the_sign_out_does_not_sign_out(client, front_desk, name):
    sign_in(client, "front_desk")
    client.get(reverse(name), follow=True)

    assert is_in(client)


@pytest.mark.parametrize("name", ["account_logout", "admin:logout"])
def test_sign_out_ends_the_session(client, front_desk, name):
    sign_in(client, "front_desk")
    client.post(reverse(name))

    assert not is_in(client)


# --- What the portal has not -----------------------------------------------------

CLOSED = [
    "account_email",
    "account_request_login_code",
    "account_set_password",
    "account_signup",
    "socialaccount_signup",
    "socialaccount_connections",
]


@pytest.mark.parametrize("method", ["get", "post"])
@pytest.mark.parametrize("name", CLOSED)
def test_closed_pages_are_not_found(client, front_desk, name, method):
    sign_in(client, "front_desk")

    assert getattr(client, method)(reverse(name)).status_code == 404


@pytest.mark.parametrize(
    "path", ["signup/", "email/", "login/code/", "3rdparty/", "phone/change/"]
)
def test_addresses_of_allauth_lead_nowhere(client, path):
    assert client.get(f"/account/{path}").status_code == 404
