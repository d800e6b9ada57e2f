from typing import Any

from allauth.idp.oidc.adapter import DefaultOIDCAdapter

from tests.sso_provider.people import PEOPLE


class ProviderAdapter(DefaultOIDCAdapter):
    """Tells of some people that they have shown a second factor."""

    def get_claims(self, purpose: str, user: Any, *args: Any, **kwargs: Any) -> Any:
        claims = super().get_claims(purpose, user, *args, **kwargs)
        if purpose == "id_token" and PEOPLE[user.username][2]:
            claims["amr"] = ["pwd", "mfa"]
        return claims
