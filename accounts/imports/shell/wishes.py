"""Options for a file, from what a command line says of it.

What the Columns page would ask is answered there, or refused with the option to give.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from accounts.imports.choosing.proposing import apply_recipe, propose_options
from accounts.imports.columns import COLUMNS
from accounts.imports.mapping.matching import fold_title, propose_columns
from accounts.imports.mapping.questions import Findings, look_at
from accounts.imports.options import ColumnChoice, ImportOptions
from portal.sheets.problems import quote

KEEP, MEND = "keep", "mend"


@dataclass(frozen=True)
class Wishes:
    """What was said. `columns` is title → column; `options` are of `ImportOptions`.

    `dates` is a DayOrder; `numbers` is MEND or KEEP, for those that a spreadsheet
    took the zeros from, or gave a fraction.
    """

    columns: Mapping[str, str] = field(default_factory=dict)
    defaults: Mapping[str, str] = field(default_factory=dict)
    dates: str | None = None
    numbers: str | None = None
    options: Mapping[str, Any] = field(default_factory=dict)


def choose_options(
    wishes: Wishes,
    recipe: ImportOptions | None,
    titles: Sequence[str],
    samples: Sequence[Sequence[str]],
) -> ImportOptions:
    """`samples` are the first cells of each column. Raises ValueError, of one text for
    each thing that is to be said, or said otherwise."""
    if problems := list(_problems_with(wishes.columns, titles)):
        raise ValueError(*problems)
    if recipe is not None:
        options = apply_recipe(_with(recipe, wishes.columns), titles, samples)
    else:
        proposals = propose_columns(titles, samples, wishes.columns)
        options = propose_options(titles, proposals)
    defaults = {**options.defaults, **wishes.defaults}
    columns = _answered(wishes, options.columns, samples)
    return replace(options, columns=columns, defaults=defaults, **wishes.options)


def _problems_with(columns: Mapping[str, str], titles: Iterable[str]) -> Iterator[str]:
    known = {fold_title(title) for title in titles}
    for title, column in columns.items():
        if fold_title(title) not in known:
            listed = ", ".join(quote(each) for each in titles if each)
            yield f"The file has no column {quote(title)}. It has {listed}."
        if column and column not in COLUMNS:
            yield (
                f"There is no column {quote(column)} of people. There are "
                f"{', '.join(COLUMNS)}; nothing after «=» does not import it."
            )


def _with(recipe: ImportOptions, columns: Mapping[str, str]) -> ImportOptions:
    """What is said now goes before what the recipe says."""
    said = {fold_title(title): ColumnChoice(title, c) for title, c in columns.items()}
    taken = set(columns.values())
    others = [
        replace(choice, column="") if choice.column in taken else choice
        for choice in recipe.columns
        if fold_title(choice.title) not in said
    ]
    return replace(recipe, columns=(*said.values(), *others))


def _answered(
    wishes: Wishes,
    columns: Sequence[ColumnChoice],
    samples: Sequence[Sequence[str]],
) -> tuple[ColumnChoice, ...]:
    answered: list[ColumnChoice] = []
    problems: list[str] = []
    for choice, cells in zip(columns, samples, strict=True):
        findings = look_at(choice.column, choice.title, cells)
        problems += _open_questions(wishes, choice, findings)
        answered.append(_answer(wishes, choice, findings))
    if problems:
        raise ValueError(*problems)
    return tuple(answered)


def _open_questions(
    wishes: Wishes, choice: ColumnChoice, findings: Findings
) -> Iterator[str]:
    if findings.days and not (wishes.dates or choice.day_order):
        day = findings.days[0]
        yield (
            f"Column {quote(choice.title)}: {quote(day.text)} could be {day.day_first} "
            f"or {day.month_first}. Say which: --dates dmy or --dates mdy."
        )
    numbers = findings.zeros or findings.fractions
    is_answered = wishes.numbers or choice.digits or choice.drops_fraction
    if numbers and not is_answered:
        number = numbers[0]
        yield (
            f"Column {quote(choice.title)}: {quote(number.before)} looks like "
            f"{quote(number.after)}, changed by a spreadsheet. Say which it is: "
            "--numbers mend or --numbers keep."
        )


def _answer(wishes: Wishes, choice: ColumnChoice, findings: Findings) -> ColumnChoice:
    order = wishes.dates if findings.days else None
    choice = replace(choice, day_order=order or choice.day_order or findings.day_order)
    if wishes.numbers != MEND:
        return choice
    return replace(
        choice,
        digits=findings.digits if findings.zeros else choice.digits,
        drops_fraction=bool(findings.fractions) or choice.drops_fraction,
    )
