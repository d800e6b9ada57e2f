"""The lines of the table for sign-in: it leaves no change set, whatever is done."""

import json

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from allauth.socialaccount.models import SocialAccount
from django.test import override_settings
from django.urls import reverse

from accounts.models import User
from accounts.sign_in.letters import reset_link
from tests.accounts.sign_in.codes import code_of, give_app, give_key
from tests.conftest import PASSWORD
from tests.portal.writes.table import Cast, write_path

CHOSEN = "seventeen green herons"
NO_KEY = json.dumps({"id": "x", "response": {}})


def root() -> User:
    return User.objects.get(username="root")


def confirm(cast: Cast) -> None:
    """That it is root who sits there: what follows asks for a fresh sign-in."""
    cast.client.post(reverse("account_reauthenticate"), {"password": PASSWORD})


def sign_in_anew(cast: Cast) -> None:
    cast.client.logout()
    data = {"login": "root", "password": PASSWORD}
    assert cast.post(reverse("account_login"), data).status_code == 302


@write_path("page account_login")
def sign_in(cast: Cast):
    sign_in_anew(cast)
    assert "_auth_user_id" in cast.client.session


@write_path("page account_logout")
def sign_out(cast: Cast):
    cast.post(reverse("account_logout"), {})
    assert "_auth_user_id" not in cast.client.session


@write_path("page account_change_password")
def change_password(cast: Cast):
    sent = {"oldpassword": PASSWORD, "password1": CHOSEN, "password2": CHOSEN}
    assert cast.post(reverse("account_change_password"), sent).status_code == 302
    assert root().check_password(CHOSEN)


@write_path("page account_reset_password")
def ask_for_a_new_password(cast: Cast):
    cast.client.logout()
    cast.post(reverse("account_reset_password"), {"email": "root@example.org"})


@write_path("page account_reset_password_from_key")
def choose_a_new_password(cast: Cast):
    cast.client.logout()
    [(form, _status)] = cast.client.get(
        reset_link(root(), ""), follow=True
    ).redirect_chain
    cast.post(form, {"password1": CHOSEN, "password2": CHOSEN})
    assert root().check_password(CHOSEN)


@write_path("page account_reauthenticate")
def show_that_it_is_me(cast: Cast):
    cast.post(reverse("account_reauthenticate"), {"password": PASSWORD})


@write_path("page mfa_activate_totp")
def add_an_app(cast: Cast):
    confirm(cast)
    yield
    url = reverse("mfa_activate_totp")
    cast.client.get(url)
    cast.post(url, {"code": code_of(cast.client.session[SECRET_SESSION_KEY])})
    assert Authenticator.objects.filter(type="totp").exists()


@write_path("page mfa_deactivate_totp")
def remove_an_app(cast: Cast):
    confirm(cast)
    give_app(root())
    give_key(root())
    yield
    cast.post(reverse("mfa_deactivate_totp"), {})
    assert not Authenticator.objects.filter(type="totp").exists()


@write_path("page mfa_generate_recovery_codes")
def make_recovery_codes(cast: Cast):
    confirm(cast)
    give_app(root())
    yield
    cast.post(reverse("mfa_generate_recovery_codes"), {})


@write_path("page mfa_authenticate")
def give_the_second_factor(cast: Cast):
    secret = give_app(root())
    sign_in_anew(cast)
    yield
    cast.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert "_auth_user_id" in cast.client.session


@write_path("page mfa_reauthenticate")
def show_that_it_is_me_by_a_recovery_code(cast: Cast):
    give_app(root())
    code = RecoveryCodes.activate(root()).get_unused_codes()[0]
    yield
    cast.post(reverse("mfa_reauthenticate"), {"code": code})


@write_path("page mfa_add_webauthn", case="no key")
def add_no_key(cast: Cast):
    confirm(cast)
    yield
    cast.post(reverse("mfa_add_webauthn"), {"name": "x", "credential": NO_KEY})


@write_path("page mfa_login_webauthn", case="no key")
def sign_in_with_no_key(cast: Cast):
    cast.client.logout()
    cast.post(reverse("mfa_login_webauthn"), {"credential": NO_KEY})


@write_path("page mfa_reauthenticate_webauthn", case="no key")
def show_no_key(cast: Cast):
    cast.post(reverse("mfa_reauthenticate_webauthn"), {"credential": NO_KEY})


@write_path("page mfa_edit_webauthn")
def rename_a_key(cast: Cast):
    confirm(cast)
    key = give_key(root())
    yield
    cast.post(reverse("mfa_edit_webauthn", args=[key.pk]), {"name": "Blue"})
    assert Authenticator.objects.get().wrap().name == "Blue"


@write_path("page mfa_remove_webauthn")
def remove_a_key(cast: Cast):
    confirm(cast)
    give_app(root())
    key = give_key(root())
    yield
    cast.post(reverse("mfa_remove_webauthn", args=[key.pk]), {})
    assert not Authenticator.objects.filter(pk=key.pk).exists()


@write_path("page usersessions_list")
def sign_out_elsewhere(cast: Cast):
    confirm(cast)
    yield
    cast.post(reverse("usersessions_list"), {})


@write_path("page socialaccount_connections")
def remove_a_link(cast: Cast):
    confirm(cast)
    link = SocialAccount.objects.create(user=root(), provider="sso", uid="1")
    yield
    with override_settings(SSO_ISSUER="https://sso.example"):
        cast.post(reverse("socialaccount_connections"), {"account": link.pk})
    assert not SocialAccount.objects.exists()
