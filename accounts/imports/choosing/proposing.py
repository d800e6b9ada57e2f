"""Options for a file: proposed, chosen before, or from a recipe."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from accounts.imports.columns import KEY
from accounts.imports.mapping.matching import (
    Proposal,
    Why,
    fold_title,
    propose_columns,
)
from accounts.imports.mapping.templates import FIELDS
from accounts.imports.options import MOST_CHARACTERS, ColumnChoice, ImportOptions, Match
from portal.models import ImportJob


def propose_options(
    titles: Sequence[str], proposals: Sequence[Proposal]
) -> ImportOptions:
    """What fits the columns that were found; without usernames, they are made."""
    options = ImportOptions(
        tuple(
            ColumnChoice(title[:MOST_CHARACTERS], each.column)
            for title, each in zip(titles, proposals, strict=True)
        )
    )
    found = options.chosen
    match = next((each for each in Match.values if each in found), Match.USERNAME)
    template = ""
    if KEY not in found:
        names = [name for name in ("first", "last") if FIELDS[name] in found]
        template = ".".join(f"{{{name}}}" for name in names)
    return replace(options, match=str(match), username_template=template)


def without_hidden(
    proposals: Sequence[Proposal], hidden: Collection[str]
) -> list[Proposal]:
    """Nothing is proposed that its importer may not see; why is told."""
    return [
        Proposal("", Why.HIDDEN) if each.column in hidden else each
        for each in proposals
    ]


def stored_options(job: ImportJob, titles: Sequence[str]) -> ImportOptions | None:
    """What was chosen for this job already, unless it is read in another way now."""
    if not job.options:
        return None
    options = ImportOptions.from_json(job.options)
    same = [each.title for each in options.columns] == [
        title[:MOST_CHARACTERS] for title in titles
    ]
    return options if same else None


def apply_recipe(
    recipe: ImportOptions, titles: Sequence[str], samples: Sequence[Sequence[str]] = ()
) -> ImportOptions:
    """The recipe's options for the columns of this file, whatever their order.

    A column that the recipe does not know is proposed as if there were no recipe.
    """
    known: dict[str, ColumnChoice] = {}
    for choice in recipe.columns:
        known.setdefault(fold_title(choice.title), choice)
    chosen = {choice.title: choice.column for choice in recipe.columns}
    proposals = propose_columns(titles, samples, chosen)
    columns = []
    for title, proposal in zip(titles, proposals, strict=True):
        choice = known.get(fold_title(title), ColumnChoice(""))
        if choice.column != proposal.column:
            choice = ColumnChoice("", proposal.column)
        columns.append(replace(choice, title=title[:MOST_CHARACTERS]))
    return replace(recipe, columns=tuple(columns))


def last_choices(job: ImportJob, owner: Any) -> Mapping[str, str]:
    """Title → column, as this person chose for the file before this one."""
    earlier = ImportJob.objects.filter(target=job.target, owner=owner)
    options = (
        earlier.exclude(pk=job.pk)
        .exclude(options={})
        .order_by("-created_at")
        .values_list("options", flat=True)
        .first()
    )
    if not options:
        return {}
    return {c.title: c.column for c in ImportOptions.from_json(options).columns}
