"""The Reader on the page of its User, on the add page too."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import StackedInline
from unfold.forms import PaginationInlineFormSet
from unfold.widgets import UnfoldAdminTextareaWidget

from readers.models import Reader


class ReaderForm(forms.ModelForm):
    class Meta:
        widgets = {"notes": UnfoldAdminTextareaWidget(attrs={"rows": 3})}

    def has_changed(self) -> bool:
        """A new Reader counts as changed even when left blank: it is always made."""
        return self.instance._state.adding or super().has_changed()


class ReaderFormSet(PaginationInlineFormSet):
    """Hangs its unsaved Reader on the User.

    `post_save` of the User comes before the inlines are saved. Its receiver finds the
    Reader of this form there and saves that one, instead of making another.
    """

    def _construct_form(self, i: int, **kwargs: Any) -> forms.ModelForm:
        form = super()._construct_form(i, **kwargs)
        if form.instance._state.adding:
            form.instance.user = self.instance
        return form

    def clean(self) -> None:
        super().clean()
        is_old_page = self.instance.pk and not self.initial_form_count()
        if is_old_page and Reader.objects.filter(user=self.instance.pk).exists():
            raise ValidationError(
                _("This person got a Reader meanwhile. Open the page again to see it.")
            )


class ReaderInline(StackedInline):
    model = Reader
    form = ReaderForm
    formset = ReaderFormSet
    # One person, one Reader: it comes and goes with its User.
    max_num = 1
    can_delete = False
    show_title = False
    template_after = "readers/includes/reader_history.html"
    verbose_name_plural = _("Reader")
    fieldsets = (
        (
            None,
            {
                "fields": (
                    ("card_number", "category", "branch"),
                    ("joined_on", "expires_on"),
                    ("phone", "birth_date"),
                    "notes",
                )
            },
        ),
    )

    def has_delete_permission(
        self, request: HttpRequest, obj: Model | None = None
    ) -> bool:
        return False
