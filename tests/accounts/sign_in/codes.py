"""Second factors for the cast, and what their owners would type."""

import time

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    format_hotp_value,
    generate_totp_secret,
    hotp_value,
)

from accounts.models import User

PERIOD = 30


def code_of(secret: str) -> str:
    """What the app shows now."""
    return format_hotp_value(hotp_value(secret, int(time.time()) // PERIOD))


def give_app(person: User) -> str:
    """An authenticator app; its secret."""
    secret = generate_totp_secret()
    TOTP.activate(person, secret)
    return secret


def give_key(person: User, name: str = "Key 1") -> Authenticator:
    """A key that opens nothing, to be renamed and removed."""
    data = {"name": name, "credential": {}}
    return Authenticator.objects.create(user=person, type="webauthn", data=data)
