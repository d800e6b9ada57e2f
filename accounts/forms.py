"""The forms of a person: added in one step, changed without ranks being crossed."""

from typing import Any

from django import forms
from django.db import models
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldBooleanSwitchWidget,
)

from accounts.models import RoleLimit, User
from accounts.policy import branches_held, may_make_role, people_within
from accounts.reach import EVERYWHERE, Reach, branches_within
from accounts.usernames import free_username
from portal.fields import TAKEN
from readers.models import Branch

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
    """What is in a role, and whom it reaches. `actor` is set by the admin page."""

    actor: User
    rights = ("permissions",)

    is_limited = forms.BooleanField(
        label=_("Only some branches"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=_(
            "Who has the role sees and changes only the people of these branches, and "
            "nobody when none is ticked."
        ),
    )
    branches = forms.ModelMultipleChoiceField(
        Branch.objects.none(),
        label=_("Branches"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "branches" not in self.fields:
            return
        limit = RoleLimit.objects.filter(role=self.instance.pk).first()
        limited_to = set(limit.branches.all()) if limit else set()
        offered = branches_within(branches_held(self.actor))
        self.hidden_branches = {b.pk for b in limited_to - set(offered)}
        branches: Any = self.fields["branches"]
        branches.queryset = offered
        self.initial["branches"] = [branch.pk for branch in limited_to]
        is_new = self.instance.pk is None
        is_actor_limited = branches_held(self.actor) is not EVERYWHERE
        self.initial["is_limited"] = bool(limit) or (is_new and is_actor_limited)

    def clean(self) -> dict[str, Any]:
        data = super().clean()
        if "permissions" in data and "branches" in data:
            inside = {permission.pk for permission in data["permissions"]}
            if not may_make_role(self.actor, inside, self.reach):
                self.add_error(
                    "branches",
                    _(
                        "The role would reach further than you do: tick «Only some "
                        "branches», and no branch where you lack its permissions."
                    ),
                )
        return data

    @property
    def reach(self) -> Reach:
        """The branches that the role is to reach; what the page hid stays."""
        if not self.cleaned_data["is_limited"]:
            return None
        chosen = {branch.pk for branch in self.cleaned_data["branches"]}
        return frozenset(chosen | self.hidden_branches)

    def save_limit(self) -> None:
        if "branches" in self.cleaned_data:
            RoleLimit.objects.limit(self.instance, self.reach)


def name_holder(form: forms.ModelForm, field: str, holders: models.QuerySet) -> None:
    """Say whose a value is that somebody has already: one of `holders`, if any."""
    if form.has_error(field, TAKEN) and (holder := holders.first()):
        name = form._meta.model._meta.get_field(field).verbose_name
        text = _("This %(field)s is already that of %(holder)s.")
        told = text % {"field": name, "holder": holder}
        form.errors[field] = form.error_class([told], renderer=form.renderer)


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

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        for field in ("username", "email"):
            seen = people_within(self.actor)
            name_holder(self, field, self.instance.others_with(field).filter(seen))

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
