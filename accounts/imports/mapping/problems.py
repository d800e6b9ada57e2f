"""What speaks against a choice of options, before any row is looked at."""

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from accounts.imports.columns import KEY
from accounts.imports.mapping.templates import FIELDS, parse_template
from accounts.imports.options import ImportOptions, Match, Mode
from accounts.imports.reaching import problems_with_hidden
from accounts.resources import PersonResource
from portal.sheets.problems import quote

# Nobody else may have the same, so no text is right for everybody.
UNIQUE_COLUMNS = frozenset({"username", "email", "card_number"})


def problems_with(options: ImportOptions, actor: Any = None) -> list[str]:
    """Messages that say what would be accepted; none, and the file can be checked.

    Without an actor nobody's rights are asked.
    """
    if not options.chosen:
        return [_("No column is imported. Choose at least what tells who a row is.")]
    return [
        *_repeated(options),
        *_missing_match(options),
        *_about_usernames(options),
        *_about_defaults(options),
        *_about_invitations(options, actor),
        *problems_with_hidden(options, actor),
    ]


def _repeated(options: ImportOptions) -> Iterator[str]:
    titles: dict[str, list[str]] = {}
    for each in options.columns:
        titles.setdefault(each.column, []).append(quote(each.title))
    for column, several in titles.items():
        if column and len(several) > 1:
            yield _("%(columns)s are all imported as %(column)s; choose one.") % {
                "columns": ", ".join(several),
                "column": column,
            }


def _missing_match(options: ImportOptions) -> Iterator[str]:
    # A list of names alone can only bring new people, whose usernames are made.
    makes_all = options.mode == Mode.CREATE and options.username_template
    if options.match == KEY and makes_all:
        return
    if options.match not in options.chosen:
        yield _(
            "People are matched by %(match)s, and no column of the file is imported "
            "as %(column)s. Choose the column, or match by something else."
        ) % {
            "match": str(Match(options.match).label).lower(),
            "column": options.match,
        }


def _about_usernames(options: ImportOptions) -> Iterator[str]:
    """New people need one, whether or not people are matched by it."""
    if not options.creates:
        return
    if not options.username_template:
        if KEY not in options.chosen and options.match != KEY:
            yield _(
                "New people need a username. Choose its column, write a template such "
                "as {first[0]}{last}, or import existing people only."
            )
        return
    try:
        template = parse_template(options.username_template)
    except ValueError as error:
        yield str(error)
        return
    if not template.columns & set(options.chosen):
        names = {column: name for name, column in FIELDS.items()}
        yield _(
            "The template takes %s, and no column of the file is imported as that."
        ) % ", ".join(f"{{{names[column]}}}" for column in sorted(template.columns))


def _about_defaults(options: ImportOptions) -> Iterator[str]:
    fields = PersonResource().fields
    for column, text in options.defaults.items():
        if not text.strip():
            continue
        if column in UNIQUE_COLUMNS:
            yield (
                _("%s cannot have a default: no two people may have the same.") % column
            )
            continue
        try:
            fields[column].widget.clean(text)
        except (ValueError, ValidationError) as error:
            told = error.messages[0] if isinstance(error, ValidationError) else error
            yield _("The default of %(column)s: %(problem)s") % {
                "column": column,
                "problem": told,
            }


def _about_invitations(options: ImportOptions, actor: Any) -> Iterator[str]:
    if not options.invites:
        return
    if actor is not None and not actor.has_perm("accounts.invite_user"):
        yield _("Sending invitations needs the right «%s», which you do not have.") % _(
            "Can send invitations"
        )
    if "email" not in options.chosen:
        yield _(
            "Invitations go by e-mail, and no column of the file is imported as email."
        )
