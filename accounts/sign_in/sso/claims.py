"""What the provider says of who signed in there."""

from typing import Any

from django.conf import settings

# Several factors: in `amr` by RFC 8176, and in `acr` as providers call it.
METHOD = "mfa"
CLASSES = (
    "phr",
    "phrh",
    "http://schemas.openid.net/pape/policies/2007/06/multi-factor",
)
# Nothing else of what the provider tells is kept.
KEPT = ("email", "email_verified", "nonce", "amr", "acr", "sub")


def kept_claims(data: dict[str, Any]) -> dict[str, Any]:
    """What we need of the ID token and of the answer about the person."""
    return {
        part: {name: claims[name] for name in KEPT if name in claims}
        for part, claims in data.items()
        if part in ("id_token", "userinfo")
    }


def did_second_factor(claims: dict[str, Any]) -> bool:
    """Whether the provider asked for a second factor, and is trusted with that."""
    if not settings.SSO_SECOND_FACTOR:
        return False
    token = claims.get("id_token", {})
    methods = token.get("amr")
    return token.get("acr") in CLASSES or (
        isinstance(methods, list) and METHOD in methods
    )
