"""The Reader on a person's page, as far as the actor's rights to it reach."""

from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from accounts.admin.rights import ADDING
from accounts.forms import name_holder
from accounts.models import User
from accounts.policy import (
    CHANGE_PEOPLE,
    JOINED_EARLIER,
    branches_to_choose,
    hidden_fields_of,
    may_put_into,
    people_within,
)
from portal.access import HIDDEN
from readers.admin.inline import ReaderForm, ReaderFormSet, ReaderInline
from readers.models import Branch, Reader

# What it takes to choose the branch of a person who is there.
CHANGING = (CHANGE_PEOPLE, "readers.change_reader")


class ReachedReaderForm(ReaderForm):
    """Tells nothing of what its actor may not see. `actor` is set by the inline."""

    actor: Any
    hidden: frozenset[str] = frozenset()

    def clean_joined_on(self) -> Any:
        """The birth date is before it; a refusal would tell where, day by day."""
        joined_on = self.cleaned_data["joined_on"]
        before = self.instance.joined_on
        is_known = not self.instance._state.adding and "birth_date" in self.hidden
        if is_known and joined_on and joined_on < before:
            raise ValidationError(JOINED_EARLIER)
        return joined_on

    def add_error(self, field: str | None, error: Any) -> None:
        """What is wrong with a hidden field is not this form's to tell."""
        if field is None and (problems := getattr(error, "error_dict", None)):
            told = {*self.fields, NON_FIELD_ERRORS}
            problems = {name: each for name, each in problems.items() if name in told}
            if not problems:
                return
            error = ValidationError(problems)
        super().add_error(field, error)

    def _post_clean(self) -> None:
        super()._post_clean()  # type: ignore[misc]
        if self.has_error("card_number"):
            cards = self.instance.others_with_card().values("user")
            holders = User.objects.filter(people_within(self.actor), pk__in=cards)
            name_holder(self, "card_number", holders)


class ReachedReaderFormSet(ReaderFormSet):
    actor: Any

    def clean(self) -> None:
        super().clean()
        needs_branch = branches_to_choose(self.actor, *ADDING) is not None
        if needs_branch and self.instance._state.adding and not self.total_form_count():
            raise ValidationError(_("Choose the branch of the person."))


class ReachedReaderInline(ReaderInline):
    """A person's Reader, shown and changed as the rights reach; without hidden values.

    Of a personal field that the actor may not see there is a masked line to read.
    """

    form = ReachedReaderForm
    formset = ReachedReaderFormSet

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_view_permission(request, obj)
        return may and (
            self._reaches(request, obj, "view") or self._reaches(request, obj, "change")
        )

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        may = super().has_change_permission(request, obj)
        return may and self._reaches(request, obj, "change")

    def has_add_permission(self, request: HttpRequest, obj: Any) -> bool:
        may = super().has_add_permission(request, obj)
        return may and self._reaches(request, obj, "add")

    def _reaches(self, request: HttpRequest, obj: Any, verb: str) -> bool:
        """By reach alone: whether one stands above is asked about the User."""
        if obj is None or obj.pk is None:
            return True
        within = people_within(request.user, f"readers.{verb}_reader")
        return User.objects.filter(within, pk=obj.pk).exists()

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        hidden = hidden_fields_of(request.user, obj)
        return [
            (title, options | {"fields": masked(options["fields"], hidden)})
            for title, options in super().get_fieldsets(request, obj)
        ]

    def get_readonly_fields(
        self, request: HttpRequest, obj: Any = None
    ) -> tuple[str, ...]:
        hidden = hidden_fields_of(request.user, obj)
        readonly = tuple(f"display_{name}" for name in sorted(hidden))
        reader = getattr(obj, "reader", None)
        if reader and not may_put_into(request.user, reader.branch_id, *CHANGING):
            # One's own, of another branch: it stays where it is.
            readonly += ("branch",)
        return readonly

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset: Any = super().get_formset(request, obj, **kwargs)
        # On classes of this request's own: the inline serves all requests.
        hidden = hidden_fields_of(request.user, obj)
        known = {"actor": request.user, "hidden": hidden}
        form = type(formset.form.__name__, (formset.form,), known)
        self._limit_branches(request, form, ADDING if obj is None else CHANGING)
        return type(formset.__name__, (formset,), {"actor": request.user, "form": form})

    def _limit_branches(
        self, request: HttpRequest, form: Any, rights: tuple[str, ...]
    ) -> None:
        field = form.base_fields.get("branch")
        reach = branches_to_choose(request.user, *rights)
        if field is None or reach is None:
            return
        field.queryset = Branch.objects.filter(pk__in=reach)
        field.required = field.widget.is_required = True
        if len(reach) == 1:
            [field.initial] = reach

    @display(description=_("birth date"))
    def display_birth_date(self, reader: Reader) -> str:
        return HIDDEN

    @display(description=_("phone"))
    def display_phone(self, reader: Reader) -> str:
        return HIDDEN

    @display(description=_("notes"))
    def display_notes(self, reader: Reader) -> str:
        return HIDDEN


def masked(fields: Any, hidden: frozenset[str]) -> tuple[Any, ...]:
    """The fields of a fieldset, with a line to read for each hidden one."""
    return tuple(
        masked(name, hidden)
        if isinstance(name, (list, tuple))
        else (f"display_{name}" if name in hidden else name)
        for name in fields
    )
