"""The pages of django-allauth that the portal has, below /account/.

Some names that allauth asks for belong to pages that the portal has not: nobody makes
an account for themselves, or keeps their own e-mail address. They answer 404.
"""

from collections.abc import Callable
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery_codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as socialaccount
from allauth.usersessions import views as usersessions
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import URLPattern, path, re_path
from django.views.decorators.cache import never_cache
from django.views.generic import RedirectView

from accounts.sign_in.sso import views as sso


def closed(request: HttpRequest, **kwargs: str) -> HttpResponse:
    raise Http404


def page(route: str, view: Callable[..., Any], name: str, **values: str) -> URLPattern:
    """A page that browsers keep nowhere: on many of them stands a secret."""
    return path(route, never_cache(view), values, name=name)


def no_page(route: str, name: str) -> URLPattern:
    return path(f"closed/{route}", closed, name=name)


SIGN_IN = [
    path("", RedirectView.as_view(pattern_name="mfa_index"), name="account"),
    page("login/", account.login, "account_login"),
    page("logout/", account.logout, "account_logout"),
    page("inactive/", account.account_inactive, "account_inactive"),
    page("reauthenticate/", account.reauthenticate, "account_reauthenticate"),
]
PASSWORD = [
    page("password/change/", account.password_change, "account_change_password"),
    page("password/reset/", account.password_reset, "account_reset_password"),
    page(
        "password/reset/done/",
        account.password_reset_done,
        "account_reset_password_done",
    ),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        never_cache(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    page(
        "password/reset/key/done/",
        account.password_reset_from_key_done,
        "account_reset_password_from_key_done",
    ),
]
SECOND_FACTOR = [
    page("2fa/", mfa.index, "mfa_index"),
    page("2fa/authenticate/", mfa.authenticate, "mfa_authenticate"),
    page("2fa/reauthenticate/", mfa.reauthenticate, "mfa_reauthenticate"),
    page("2fa/totp/activate/", totp.activate_totp, "mfa_activate_totp"),
    page("2fa/totp/deactivate/", totp.deactivate_totp, "mfa_deactivate_totp"),
    page(
        "2fa/recovery-codes/",
        recovery_codes.view_recovery_codes,
        "mfa_view_recovery_codes",
    ),
    page(
        "2fa/recovery-codes/generate/",
        recovery_codes.generate_recovery_codes,
        "mfa_generate_recovery_codes",
    ),
    page(
        "2fa/recovery-codes/download/",
        recovery_codes.download_recovery_codes,
        "mfa_download_recovery_codes",
    ),
    page("2fa/webauthn/", webauthn.list_webauthn, "mfa_list_webauthn"),
    page("2fa/webauthn/add/", webauthn.add_webauthn, "mfa_add_webauthn"),
    page("2fa/webauthn/login/", webauthn.login_webauthn, "mfa_login_webauthn"),
    page(
        "2fa/webauthn/reauthenticate/",
        webauthn.reauthenticate_webauthn,
        "mfa_reauthenticate_webauthn",
    ),
    page(
        "2fa/webauthn/keys/<int:pk>/edit/", webauthn.edit_webauthn, "mfa_edit_webauthn"
    ),
    page(
        "2fa/webauthn/keys/<int:pk>/remove/",
        webauthn.remove_webauthn,
        "mfa_remove_webauthn",
    ),
]
SESSIONS = [page("sessions/", usersessions.list_usersessions, "usersessions_list")]
SINGLE_SIGN_ON = [
    page("sso/", sso.links, "socialaccount_connections"),
    page("sso/login/", sso.start, "openid_connect_login", provider_id="sso"),
    page(
        "sso/login/callback/",
        sso.come_back,
        "openid_connect_callback",
        provider_id="sso",
    ),
    page(
        "sso/cancelled/",
        socialaccount.login_cancelled,
        "socialaccount_login_cancelled",
    ),
    page("sso/error/", socialaccount.login_error, "socialaccount_login_error"),
]
CLOSED = [
    no_page("signup/", "account_signup"),
    no_page("email/", "account_email"),
    no_page("email/sent/", "account_email_verification_sent"),
    no_page("email/<str:key>/", "account_confirm_email"),
    no_page("password/", "account_set_password"),
    no_page("code/", "account_request_login_code"),
    no_page("code/confirm/", "account_confirm_login_code"),
    no_page("again/", "account_request_reauthentication_code"),
    no_page("again/confirm/", "account_confirm_reauthentication_code"),
    no_page("sso/", "socialaccount_signup"),
]
urlpatterns = [
    *SIGN_IN,
    *PASSWORD,
    *SECOND_FACTOR,
    *SESSIONS,
    *SINGLE_SIGN_ON,
    *CLOSED,
]
