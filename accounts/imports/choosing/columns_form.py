"""What becomes of each column of a file, and of its rows."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import (
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanWidget,
)

from accounts.imports.choosing.column_fields import ColumnFields
from accounts.imports.choosing.labels import label_of
from accounts.imports.choosing.sample import Sample
from accounts.imports.columns import COLUMNS
from accounts.imports.mapping.matching import Proposal
from accounts.imports.mapping.problems import UNIQUE_COLUMNS, problems_with
from accounts.imports.mapping.templates import MOST_CHARACTERS
from accounts.imports.options import (
    Blank,
    ImportOptions,
    Match,
    Mode,
)
from accounts.imports.reaching import ImportReach
from accounts.policy import hidden_fields
from accounts.resources import PersonResource

# They stand below the form's main button: what the Enter key presses is the first one.
IN_FORM = {"form": "columns"}
WITH_DEFAULT = [column for column in COLUMNS if column not in UNIQUE_COLUMNS]
FIXED_CHOICES = {
    "is_active": {"true": gettext_lazy("Yes"), "false": gettext_lazy("No")}
}


class ColumnsForm(ColumnFields):
    mode = forms.ChoiceField(
        label=gettext_lazy("Bring in"),
        choices=Mode.choices,
        widget=UnfoldAdminRadioSelectWidget,
    )
    match = forms.ChoiceField(
        label=gettext_lazy("A row is about the person with its"),
        choices=Match.choices,
        widget=UnfoldAdminRadioSelectWidget,
    )
    blank = forms.ChoiceField(
        label=gettext_lazy("A blank cell"),
        choices=Blank.choices,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=gettext_lazy(
            "Whether somebody is active, the card number and the date of joining are "
            "never cleared."
        ),
    )
    username_template = forms.CharField(
        label=gettext_lazy("Usernames for new people without one"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=UnfoldAdminTextInputWidget(
            attrs={"placeholder": "{first[0]}{last}", "spellcheck": "false"}
        ),
        help_text=gettext_lazy(
            "{first[0]}{last} gives aberg. There are {first}, {last}, {email} and "
            "{card}; [0] takes the first letter, [0:3] the first three. Where somebody "
            "has the name, a number follows it."
        ),
    )
    invites = forms.BooleanField(
        label=gettext_lazy("Send an invitation to each new person with an e-mail"),
        required=False,
        widget=UnfoldBooleanWidget,
    )
    recipe_name = forms.CharField(
        label=gettext_lazy("Name of the recipe"),
        required=False,
        max_length=100,
        widget=UnfoldAdminTextInputWidget(attrs=IN_FORM),
    )
    recipe_is_shared = forms.BooleanField(
        label=gettext_lazy("Everyone who imports may use it"),
        required=False,
        widget=UnfoldBooleanWidget(attrs=IN_FORM),
    )

    def __init__(
        self,
        data: Any = None,
        *,
        sample: Sample,
        options: ImportOptions,
        proposals: list[Proposal],
        actor: Any,
    ) -> None:
        hidden = hidden_fields(actor)
        super().__init__(
            data,
            initial=_initial(options),
            sample=sample,
            options=options,
            proposals=proposals,
            offered=[column for column in COLUMNS if column not in hidden],
        )
        self._actor = actor
        self._with_default = [each for each in WITH_DEFAULT if each not in hidden]
        if not actor.has_perm("accounts.invite_user"):
            del self.fields["invites"]
        for column, known in _known_defaults(actor).items():
            if column in self._with_default:
                self.fields[f"default_{column}"] = _default_field(column, known)

    def clean(self) -> None:
        super().clean()
        if self.errors:
            return
        self.options = self._chosen_options()
        for problem in problems_with(self.options, self._actor):
            self.add_error(None, problem)
        if "save_recipe" in self.data and not self.cleaned_data["recipe_name"].strip():
            self.add_error("recipe_name", _("Give the recipe a name."))

    def default_fields(self) -> list[Any]:
        return [self[f"default_{column}"] for column in self._with_default]

    def has_defaults(self) -> bool:
        return any(field.value() for field in self.default_fields())

    def _chosen_options(self) -> ImportOptions:
        data = self.cleaned_data
        return ImportOptions(
            columns=tuple(self.chosen_column(at) for at in self._positions),
            mode=data["mode"],
            match=data["match"],
            blank=data["blank"],
            defaults={
                column: text
                for column in self._with_default
                if (text := data[f"default_{column}"].strip())
            },
            username_template=data["username_template"].strip(),
            invites=data.get("invites", False),
        )


def _initial(options: ImportOptions) -> dict[str, Any]:
    return {
        "mode": options.mode,
        "match": options.match,
        "blank": options.blank,
        "username_template": options.username_template,
        "invites": options.invites,
        **{f"column_{at}": each.column for at, each in enumerate(options.columns)},
        **{f"default_{column}": text for column, text in options.defaults.items()},
    }


def _known_defaults(actor: Any) -> dict[str, dict[str, Any]]:
    """Column → what there is to choose from; nothing where any text may stand."""
    fields = PersonResource().fields
    reach = ImportReach(actor)
    known = {
        column: FIXED_CHOICES.get(column)
        or {name: name for name in getattr(fields[column].widget, "choices", ())}
        for column in WITH_DEFAULT
    }
    known["branch"] = {
        code: name
        for code, name in known["branch"].items()
        if reach.problem_with_new(code) is None
    }
    return known


def _default_field(column: str, known: dict[str, Any]) -> forms.Field:
    if not known:
        return forms.CharField(
            label=label_of(column), required=False, widget=UnfoldAdminTextInputWidget
        )
    return forms.ChoiceField(
        label=label_of(column),
        required=False,
        choices=[("", _("None")), *known.items()],
        widget=UnfoldAdminSelectWidget,
    )
