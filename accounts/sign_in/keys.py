"""Passkeys and security keys: allauth's forms, which fall over what is no key."""

import struct
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from cryptography.exceptions import InvalidSignature
from django import forms
from django.utils.translation import gettext_lazy as _

# What the reader of keys raises at what was made up, cut off, or signed by another.
NO_KEY = (
    AttributeError,
    IndexError,
    InvalidSignature,
    KeyError,
    TypeError,
    ValueError,
    struct.error,
)


class KeyMixin:
    """Refuses what is no key, as a wrong code is refused."""

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except NO_KEY as problem:
            raise get_adapter().validation_error("incorrect_code") from problem


class KeyForm(KeyMixin, AuthenticateWebAuthnForm):
    pass


class KeyAgainForm(KeyMixin, ReauthenticateWebAuthnForm):
    pass


class PasskeyForm(KeyMixin, LoginWebAuthnForm):
    pass


class AddKeyForm(AddWebAuthnForm):
    passwordless = forms.BooleanField(
        label=_("Sign in with this key alone (a passkey)"),
        required=False,
        initial=True,
        help_text=_(
            "The device then asks for your fingerprint, face or PIN. Without the tick "
            "the key is asked for after the password."
        ),
    )

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except NO_KEY as problem:
            raise get_adapter().validation_error("incorrect_code") from problem
