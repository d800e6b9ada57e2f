from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import (
    UnfoldAdminCheckboxSelectMultipleWidget,
    UnfoldAdminRadioSelectWidget,
)

from accounts.imports.columns import COLUMNS
from accounts.imports.fixture import FIXTURE
from accounts.imports.people import limits
from accounts.imports.taking_out import may_export_all
from accounts.policy import hidden_fields
from portal.sheets import WRITABLE, SheetFormat
from portal.sheets.limits import describe_bytes

ENDINGS = ",".join(f".{each.value}" for each in SheetFormat)
FORMATS = [
    *((each.value, f"{each.label} (.{each.value})") for each in WRITABLE),
    (FIXTURE, _("Django fixture (.json), for another installation")),
]


class UploadForm(forms.Form):
    import_file = forms.FileField(
        label=_("File"),
        widget=forms.FileInput(attrs={"accept": ENDINGS}),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file first.")},
    )

    def clean_import_file(self) -> forms.Field:
        upload = self.cleaned_data["import_file"]
        most = limits().bytes
        if upload.size > most:
            raise forms.ValidationError(
                _("The file has %(size)s; at most %(most)s are read.")
                % {"size": describe_bytes(upload.size), "most": describe_bytes(most)}
            )
        return upload


class ExportForm(forms.Form):
    """Offers what `user` may see."""

    format = forms.ChoiceField(
        label=_("Format"),
        choices=FORMATS,
        initial=SheetFormat.XLSX.value,
        widget=UnfoldAdminRadioSelectWidget,
    )
    columns = forms.MultipleChoiceField(
        label=_("Columns"),
        required=False,
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
    )

    def __init__(self, data: Any = None, *, user: Any) -> None:
        super().__init__(data)
        hidden = hidden_fields(user)
        offered = [column for column in COLUMNS if column not in hidden]
        columns: Any = self.fields["columns"]
        columns.choices, columns.initial = [(c, c) for c in offered], offered
        if not may_export_all(user):
            format: Any = self.fields["format"]
            format.choices = [each for each in FORMATS if each[0] != FIXTURE]

    def clean(self) -> None:
        super().clean()
        is_sheet = self.cleaned_data.get("format") != FIXTURE
        if is_sheet and not self.cleaned_data.get("columns"):
            self.add_error("columns", _("Choose at least one column."))
