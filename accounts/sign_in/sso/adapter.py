"""Whom a single sign-on lets in: people whom the portal has, and nobody else."""

import logging
from typing import Any, NoReturn

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialLogin
from allauth.socialaccount.providers.base.constants import AuthError
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.sign_in.finding import person_at
from accounts.sign_in.sso.provider import SingleSignOn

logger = logging.getLogger(__name__)


class PortalSocialAccountAdapter(DefaultSocialAccountAdapter):
    def is_open_for_signup(self, request: HttpRequest, sociallogin: Any) -> bool:
        """Staff make the accounts; a single sign-on makes none."""
        return False

    def list_apps(
        self,
        request: HttpRequest,
        provider: str | None = None,
        client_id: str | None = None,
    ) -> list[SocialApp]:
        """The one provider that the settings name, if they name one."""
        if not settings.SSO_ISSUER or provider not in (None, "sso", "openid_connect"):
            return []
        return [
            SocialApp(
                provider="openid_connect",
                provider_id="sso",
                name=settings.SSO_NAME,
                client_id=settings.SSO_CLIENT_ID,
                secret=settings.SSO_CLIENT_SECRET,
                settings={
                    "server_url": settings.SSO_ISSUER,
                    "oauth_pkce_enabled": True,
                    # At a shared desk, ask who it is this time.
                    "auth_params": {"prompt": "select_account"},
                },
            )
        ]

    def get_provider(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> SingleSignOn:
        app = self.get_app(request, provider=provider, client_id=client_id)
        return SingleSignOn(request, app=app)

    def list_providers(self, request: HttpRequest) -> list[SingleSignOn]:
        return [SingleSignOn(request, app=app) for app in self.list_apps(request)]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let pass who is linked; link who is known by a verified address."""
        claims = sociallogin.account.extra_data
        if not _is_answer_to_us(sociallogin.state, claims):
            refuse(request, _("The answer does not fit what was asked. Start again."))
        if not sociallogin.is_existing:
            sociallogin.connect(request, _person_to_link(request, sociallogin))

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: str | None = None,
        exception: Exception | None = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        if error == AuthError.CANCELLED:
            return
        logger.warning("Single sign-on failed: %s", exception or error)
        if exception is None and "state_id" in (extra_context or {}):
            refuse(request, _("This sign-in was not begun here, or is too old."))
        refuse(
            request,
            _("%s did not answer as it should. Try again in a while.")
            % settings.SSO_NAME,
        )


def _is_answer_to_us(state: dict[str, Any], claims: dict[str, Any]) -> bool:
    """Whether the ID token holds our nonce and both answers mean one person."""
    token, told = claims.get("id_token", {}), claims.get("userinfo", {})
    nonce = str(token.get("nonce", ""))
    return constant_time_compare(nonce, str(state.get("nonce"))) and (
        not told or told.get("sub") == token.get("sub")
    )


def _person_to_link(request: HttpRequest, sociallogin: SocialLogin) -> User:
    """The person whose address the provider has verified; usernames say nothing."""
    verified = [each for each in sociallogin.email_addresses if each.verified]
    if not verified:
        refuse(
            request,
            _("%s has not verified your e-mail address, so we cannot tell who you are.")
            % settings.SSO_NAME,
        )
    person = person_at(verified[0].email)
    if person is None:
        refuse(
            request,
            _("Nobody here has the e-mail address %s. Ask staff to enter it.")
            % verified[0].email,
        )
    if not (person.is_active and person.is_staff):
        refuse(request, _("Your account does not open the portal."))
    if SocialAccount.objects.filter(user=person).exists():
        # The provider gave the address to somebody else, or made the account anew.
        refuse(
            request,
            _(
                "Another account of %s is linked to you here. Sign in with your "
                "password and remove that link first, or ask whoever manages staff."
            )
            % settings.SSO_NAME,
        )
    return person


def refuse(request: HttpRequest, problem: str) -> NoReturn:
    template = "socialaccount/authentication_error.html"
    page = render(request, template, {"problem": problem}, status=403)
    raise ImmediateHttpResponse(page)
