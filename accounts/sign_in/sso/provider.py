"""allauth's OpenID Connect, with a nonce, and with nothing that a link could alter."""

import secrets
from typing import Any

from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.providers.base.constants import AuthProcess
from allauth.socialaccount.providers.openid_connect.provider import (
    OpenIDConnectProvider,
)
from django.http import HttpRequest, HttpResponse
from requests import RequestException

from accounts.sign_in.sso.claims import kept_claims


class SingleSignOn(OpenIDConnectProvider):
    def get_redirect_from_request_kwargs(self, request: HttpRequest) -> dict[str, Any]:
        """Only where to go on afterwards is taken from the address.

        allauth takes the scope and what is asked of the provider from there too, and
        whether to link the account, which must not happen by following a link.
        """
        asked = super().get_redirect_from_request_kwargs(request)
        return {
            "process": AuthProcess.LOGIN,
            "next_url": asked.get("next_url"),
            "auth_params": self.get_auth_params(),
        }

    def redirect(
        self,
        request: HttpRequest,
        process: str,
        next_url: str | None = None,
        data: Any = None,
        **kwargs: Any,
    ) -> HttpResponse:
        nonce = secrets.token_urlsafe(16)
        kwargs["auth_params"] = {**kwargs["auth_params"], "nonce": nonce}
        try:
            return super().redirect(
                request, process, next_url, data, nonce=nonce, **kwargs
            )
        except (RequestException, KeyError) as problem:
            return render_authentication_error(request, self, exception=problem)

    def extract_extra_data(self, data: dict[str, Any]) -> dict[str, Any]:
        return kept_claims(data)
