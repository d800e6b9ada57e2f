"""Signing in as a person does, for tests that must not do it by force."""

from typing import Any

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.conftest import PASSWORD


def sign_in(
    client: Client, name: str, password: str = PASSWORD, **sent: Any
) -> HttpResponse:
    """Post the sign-in's form; the answer leads on, or is the form with an error."""
    data = {"login": name, "password": password, **sent}
    return client.post(reverse("account_login"), data)


def change_password(client: Client, old: str, new: str) -> HttpResponse:
    data = {"oldpassword": old, "password1": new, "password2": new}
    return client.post(reverse("account_change_password"), data)
