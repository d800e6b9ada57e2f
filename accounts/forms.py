"""The forms of a person: added in one step, changed without ranks being crossed."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminRadioSelectWidget

from accounts.models import User
from accounts.usernames import free_username

SHUT_OUT = _("You cannot switch off your own account, or your own access to it.")


class RightsForm(forms.ModelForm):
    """Keeps the rights that a page does not offer: saving it must not take them away.

    A page offers what its reader may hand out, and nothing of the libraries' own.
    """

    rights: tuple[str, ...] = ()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        for name in self.rights if self.instance.pk else ():
            if name in data:
                field: Any = self.fields[name]
                offered = field.queryset.values("pk")
                hidden = getattr(self.instance, name).exclude(pk__in=offered)
                kept = {*data[name], *hidden}
                data[name] = hidden.model.objects.filter(pk__in=[o.pk for o in kept])
        return data


class RoleForm(RightsForm):
    rights = ("permissions",)


class PersonForm(RightsForm):
    """What adding and changing a person share. `actor` is set by the admin page."""

    actor: User
    rights = ("groups", "user_permissions")

    class Meta:
        model = User
        fields = ("username", "email", "first_name", "last_name", "is_active")
        help_texts = {
            "is_active": _("Whoever is not active cannot sign in; nothing is lost."),
            "is_staff": _("May sign in here; the roles say what for."),
        }

    def clean_is_active(self) -> bool:
        return self._kept_by_oneself("is_active")

    def clean_is_staff(self) -> bool:
        return self._kept_by_oneself("is_staff")

    def clean_is_superuser(self) -> bool:
        return self._kept_by_oneself("is_superuser")

    def _kept_by_oneself(self, name: str) -> bool:
        is_set: bool = self.cleaned_data[name]
        is_own = self.instance.pk == self.actor.pk
        if is_own and getattr(self.actor, name) and not is_set:
            raise forms.ValidationError(SHUT_OUT)
        return is_set


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
