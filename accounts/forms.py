"""The forms of a person: added in one step, changed without ranks being crossed."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from accounts.models import User
from accounts.usernames import free_username


class PersonForm(forms.ModelForm):
    """What adding and changing a person share. `actor` is set by the admin page."""

    actor: User

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name", "is_active")
        help_texts = {
            "is_active": _("Whoever is not active cannot sign in; nothing is lost."),
            "is_staff": _("May sign in here; the roles say what for."),
        }

    def clean_is_active(self) -> bool:
        is_active = self.cleaned_data["is_active"]
        if self.instance.pk == self.actor.pk and not is_active:
            raise forms.ValidationError(_("You cannot switch off your own account."))
        return is_active


class Access(models.TextChoices):
    """How a new person gets in. Nobody chooses a password for somebody else."""

    INVITATION = "invitation", _("Send an invitation link by e-mail")
    NONE = "none", _("No sign-in for now")


class PersonAddForm(PersonForm):
    access = forms.ChoiceField(
        label=_("Sign-in"),
        choices=Access,
        initial=Access.INVITATION,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=_("The link lets the person choose a password of their own."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        username = self.fields["username"]
        username.required = False
        username.help_text = _("Left blank, it is made from the name, as shown.")
        if "access" in self.fields and not self.actor.has_perm("accounts.invite_user"):
            self.fields["access"].widget.choices = [(Access.NONE, Access.NONE.label)]
            self.fields["access"].initial = Access.NONE

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if not data.get("username") and "username" not in self.errors:
            data["username"] = free_username(
                data.get("first_name", ""), data.get("last_name", ""), User.objects
            )
            if not data["username"]:
                self.add_error(
                    "username", _("Give a username, or a name to make one from.")
                )
        is_invited = data.get("access") == Access.INVITATION
        if is_invited and not data.get("email") and "email" not in self.errors:
            self.add_error(
                "email",
                _("An invitation needs an e-mail address; or choose no sign-in."),
            )
        return data

    def save(self, commit: bool = True) -> User:
        self.instance.set_unusable_password()
        return super().save(commit)
