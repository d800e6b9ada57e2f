"""The fields for each column of the file, and the questions about it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from accounts.imports.choosing.labels import label_of
from accounts.imports.choosing.sample import Sample
from accounts.imports.mapping.matching import Proposal
from accounts.imports.mapping.questions import DayExample, Findings, look_at
from accounts.imports.options import ColumnChoice, DayOrder, ImportOptions

YES, NO = "yes", "no"
YES_OR_NO = [
    (YES, gettext_lazy("Yes, correct them")),
    (NO, gettext_lazy("No, take them as they are")),
]


@dataclass(frozen=True)
class Question:
    """What is asked about a column; `name` is that of its field."""

    name: str
    text: str
    # Text in the file → what becomes of it, where that is the question.
    examples: list[tuple[str, str]]
    answers: list[tuple[str, Any]]
    before: str


class ColumnFields(forms.Form):
    """Which questions there are follows from the columns as they are chosen now, so
    that a choice which raises a new one is refused, with the question."""

    def __init__(
        self,
        data: Any = None,
        *,
        initial: dict[str, Any],
        sample: Sample,
        options: ImportOptions,
        proposals: list[Proposal],
        offered: Sequence[str],
    ) -> None:
        super().__init__(data, initial=initial)
        self._offered = offered
        self.options = options
        self._sample, self._proposals = sample, proposals
        self._positions = range(len(sample.titles))
        self._findings: list[Findings] = []
        for at in self._positions:
            self._add_column(at)

    def file_columns(self) -> Iterator[dict[str, Any]]:
        for at in self._positions:
            column = self._column_at(at)
            proposal = self._proposals[at]
            yield {
                "name": self._sample.name_of(at),
                "shown": self._sample.shown(at),
                "field": self[f"column_{at}"],
                "is_imported": bool(column),
                "order": _order_told(self._findings[at]),
                "why": proposal.why.label if column == proposal.column else "",
                "questions": [
                    {"question": each, "field": self[each.name]}
                    for each in self._questions(at)
                ],
            }

    def missing(self) -> list[str]:
        """The columns of ours that the file does not give."""
        given = {self._column_at(at) for at in self._positions}
        return [label_of(column) for column in self._offered if column not in given]

    def left_out(self) -> list[str]:
        """The columns of the file that are not imported."""
        return [
            self._sample.name_of(at)
            for at in self._positions
            if not self._column_at(at)
        ]

    def _add_column(self, at: int) -> None:
        title = self._sample.name_of(at)
        self.fields[f"column_{at}"] = forms.ChoiceField(
            label=_("«%s» is imported as") % title,
            choices=[("", _("Do not import"))]
            + [(column, label_of(column)) for column in self._offered],
            required=False,
            widget=UnfoldAdminSelectWidget,
        )
        column = self._column_at(at)
        cells = self._sample.cells[at]
        self._findings.append(look_at(column, self._sample.titles[at], cells))
        for question in self._questions(at):
            self.fields[question.name] = forms.ChoiceField(
                label=question.text,
                choices=question.answers,
                widget=UnfoldAdminRadioSelectWidget,
                initial=question.before or None,
                error_messages={"required": _("Choose one; both are possible.")},
            )

    def _column_at(self, at: int) -> str:
        if self.is_bound:
            return self.data.get(f"column_{at}", "")
        return self.options.columns[at].column

    def _questions(self, at: int) -> Iterator[Question]:
        """An answer given before is proposed again; a «no» is not told from what was
        never asked, and is asked again."""
        found, before = self._findings[at], self.options.columns[at]
        if found.days:
            yield Question(
                f"days_{at}",
                _("Which comes first in these dates?"),
                [(each.text, "") for each in found.days],
                _day_answers(found.days[0]),
                before.day_order,
            )
        if found.fractions:
            yield Question(
                f"fractions_{at}",
                _("A spreadsheet took these for numbers. Drop what it added?"),
                [(each.before, each.after) for each in found.fractions],
                YES_OR_NO,
                YES if before.drops_fraction else "",
            )
        if found.zeros:
            yield Question(
                f"zeros_{at}",
                _("Most have %s digits. Did these lose their zeros?") % found.digits,
                [(each.before, each.after) for each in found.zeros],
                YES_OR_NO,
                YES if before.digits else "",
            )

    def chosen_column(self, at: int) -> ColumnChoice:
        """Where nothing was asked, what was said before (a recipe, say) still holds."""
        before, found = self.options.columns[at], self._findings[at]
        column = self.cleaned_data[f"column_{at}"]
        kept = before if before.column == column else ColumnChoice("")
        days, fractions, zeros = (
            self.cleaned_data.get(f"{name}_{at}")
            for name in ("days", "fractions", "zeros")
        )
        digits = found.digits if zeros == YES else 0
        return ColumnChoice(
            title=before.title,
            column=column,
            day_order=days or found.day_order or kept.day_order,
            digits=digits if zeros else kept.digits,
            drops_fraction=fractions == YES if fractions else kept.drops_fraction,
        )


def _day_answers(example: DayExample) -> list[tuple[str, Any]]:
    day = {"text": example.text, "day": example.day_first}
    month = {"text": example.text, "day": example.month_first}
    return [
        (DayOrder.DMY.value, _("The day: %(text)s is %(day)s") % day),
        (DayOrder.MDY.value, _("The month: %(text)s is %(day)s") % month),
    ]


def _order_told(found: Findings) -> str:
    """What was found out unasked can be wrong, so it is told."""
    if not found.day_order:
        return ""
    return _("Dates are read as: %s.") % DayOrder(found.day_order).label.lower()
