"""allauth's forms where the portal asks otherwise."""

from typing import Any

from allauth.account.forms import LoginForm, ResetPasswordForm
from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.sign_in.finding import person_at
from accounts.sign_in.posting import order_reset
from portal.addresses import portal_address

# A username and an e-mail address have at most so many characters.
LONGEST_NAME = 254


class SignInForm(LoginForm):
    """Asks for the username or the e-mail address, in one field."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = forms.CharField(
            label=_("Username or e-mail"),
            max_length=LONGEST_NAME,
            widget=forms.TextInput(
                attrs={
                    "autocapitalize": "none",
                    "autocomplete": "username",
                    "autofocus": True,
                }
            ),
        )
        self.fields["password"].help_text = ""
        self.order_fields(["login", "password"])

    def user_credentials(self) -> dict[str, str]:
        return {
            "username": self.cleaned_data["login"],
            "password": self.cleaned_data["password"],
        }


class RequestResetForm(ResetPasswordForm):
    """Writes to whom the address belongs; says the same whether there is anybody."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].label = _("E-mail")

    def clean_email(self) -> str:
        return self.cleaned_data["email"]

    def save(self, request: HttpRequest, **kwargs: Any) -> str:
        address = self.cleaned_data["email"]
        person = person_at(address)
        if person is not None and person.is_active:
            order_reset(person, portal_address(request))
        return address
