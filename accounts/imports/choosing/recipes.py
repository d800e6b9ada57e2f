"""Options with a name, to be used again."""

from typing import Any

from django import forms
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from accounts.imports.options import ImportOptions
from accounts.imports.people import PEOPLE
from portal.fields import normalize_line
from portal.models import ImportRecipe
from portal.sheets.problems import quote


def usable_recipes(user: Any) -> Any:
    """Their own, and those that are shared."""
    return ImportRecipe.objects.filter(target=PEOPLE.target).usable_by(user)


class RecipeForm(forms.Form):
    recipe = forms.ModelChoiceField(
        label=gettext_lazy("Recipe"),
        queryset=ImportRecipe.objects.none(),
        empty_label=gettext_lazy("Choose one"),
        widget=UnfoldAdminSelectWidget,
        error_messages={
            "required": gettext_lazy("Choose one of the recipes."),
            "invalid_choice": gettext_lazy("Choose one of the recipes."),
        },
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        field: Any = self.fields["recipe"]
        field.queryset = usable_recipes(user)


def save_recipe(
    *, name: str, owner: Any, is_shared: bool, options: ImportOptions
) -> ImportRecipe:
    """A recipe of the owner's with this name is replaced.

    Raises ValueError when somebody else has one with this name.
    """
    name = normalize_line(name)
    values = {"is_shared": is_shared, "options": options.to_json()}
    try:
        with transaction.atomic():
            recipe, _made = ImportRecipe.objects.update_or_create(
                target=PEOPLE.target,
                name=name,
                owner=owner,
                defaults=values,
            )
    except IntegrityError as error:
        raise ValueError(
            _("%s is somebody else's recipe. Choose another name.") % quote(name)
        ) from error
    return recipe
