"""How a file is read, where that was found out wrongly."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget, UnfoldAdminSelectWidget

from portal.sheets import ENCODINGS, OpenSheet

DELIMITERS = {
    ",": _("Comma"),
    ";": _("Semicolon"),
    "\t": _("Tab"),
    "|": _("Vertical bar"),
}
LAST_ROW = 1_048_576


class ReadingForm(forms.Form):
    """Has only the fields that mean something for the file."""

    worksheet = forms.ChoiceField(label=_("Worksheet"), widget=UnfoldAdminSelectWidget)
    header_row = forms.IntegerField(
        label=_("Row with the names of the columns"),
        min_value=1,
        max_value=LAST_ROW,
        widget=UnfoldAdminIntegerFieldWidget,
    )
    encoding = forms.ChoiceField(
        label=_("Encoding"), choices=ENCODINGS.items(), widget=UnfoldAdminSelectWidget
    )
    delimiter = forms.ChoiceField(
        label=_("Between two cells"), widget=UnfoldAdminSelectWidget
    )

    def __init__(self, data: Any = None, *, sheet: OpenSheet) -> None:
        names = ("worksheet", "header_row", "encoding", "delimiter")
        found = {name: getattr(sheet, name) for name in names}
        super().__init__(data, initial=found)
        if len(sheet.worksheets) < 2:  # noqa: PLR2004
            found["worksheet"] = ""
        for name, value in found.items():
            if not value:
                del self.fields[name]
        self._offer("worksheet", {name: name for name in sheet.worksheets})
        self._offer("delimiter", {sheet.delimiter: sheet.delimiter} | DELIMITERS)

    @property
    def corrected(self) -> dict[str, Any]:
        """What is to be read otherwise than it was.

        Another worksheet has its names in a row of its own, which is found out.
        """
        changed = {name: self.cleaned_data[name] for name in self.changed_data}
        return {"header_row": None} | changed if "worksheet" in changed else changed

    def _offer(self, name: str, choices: dict[str, Any]) -> None:
        if isinstance(field := self.fields.get(name), forms.ChoiceField):
            field.choices = list(choices.items())
