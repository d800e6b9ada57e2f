"""Second factors, codes and passwords, as people have and give them."""

import base64
import hashlib
import hmac
import struct
import time

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import encrypt
from django.urls import reverse

from tests.conftest import PASSWORD

SECRET = "JBSWY3DPEHPK3PXP"
CONFIRM = reverse("account_reauthenticate")
LOGIN = reverse("account_login")
SIGN_IN_PAGES = (LOGIN, reverse("admin:login"))


def totp(secret=SECRET, at=None):
    """The code of the moment, as an app on the phone computes it (RFC 6238)."""
    steps = int((time.time() if at is None else at) // 30)
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", steps), hashlib.sha1).digest()
    start = digest[-1] & 0x0F
    number = int.from_bytes(digest[start : start + 4], "big") & 0x7FFFFFFF
    return f"{number % 1_000_000:06}"


def give_totp(user, secret=SECRET):
    data = {"secret": encrypt(secret)}
    return Authenticator.objects.create(user=user, type="totp", data=data)


def give_key(user):
    data = {"name": "Key", "credential": {}}
    return Authenticator.objects.create(user=user, type="webauthn", data=data)


def confirm(client, page, password=PASSWORD):
    """Give the password again on the page that asks for it."""
    return client.post(CONFIRM, {"password": password, "next": page})


def sign_in(client, user, **sent):
    """By the form, with the password; the second factor, if any, is asked then."""
    return client.post(LOGIN, {"login": user.username, "password": PASSWORD} | sent)


def is_out(response):
    """Whether it leads to the sign-in."""
    location = response.headers.get("Location", "")
    return response.status_code == 302 and location.startswith(SIGN_IN_PAGES)
