"""How far an import reaches: its owner's branches, and what of people they may see.

Asked row by row at the check, and for all rows at once when they are written: rights
may have been taken away meanwhile.
"""

from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import batched
from typing import Any

from django.utils.translation import gettext as _

from accounts.imports.options import ImportOptions
from accounts.models import User
from accounts.policy import (
    CHANGE_PEOPLE,
    PERSONAL_FIELDS,
    VIEW_PEOPLE,
    hidden_fields,
    hidden_of_oneself,
    people_within,
    reach_of,
)
from accounts.reach import EVERYWHERE, Reach, common
from portal.imports.kinds import JobRefused
from readers.models import Branch

IMPORT_RIGHT = "accounts.import_user"
FIXTURE_RIGHTS = (IMPORT_RIGHT, VIEW_PEOPLE, CHANGE_PEOPLE, "accounts.add_user")
CHUNK = 500


class ImportReach:
    """Branches by their codes, as the rows of a file name them; "" is no branch.

    Without an actor everything is reached: that is a look from the shell.
    """

    def __init__(self, actor: Any) -> None:
        self._key = getattr(actor, "pk", None)
        self.seen = _common(actor, VIEW_PEOPLE)
        self.changed = _common(
            actor, IMPORT_RIGHT, CHANGE_PEOPLE, "readers.change_reader"
        )
        self.added = _common(
            actor, IMPORT_RIGHT, "accounts.add_user", "readers.add_reader"
        )
        self.birth_dates = _common(actor, PERSONAL_FIELDS["birth_date"])
        self._sees_own = actor is not None and not hidden_of_oneself(actor)
        self._codes = dict(Branch.objects.values_list("code", "pk"))

    def sees(self, person_id: int, branch: str) -> bool:
        is_own = self._sees_own and person_id == self._key
        return is_own or self._is_in(self.seen, branch)

    def hides_birth_date(self, branch: str) -> bool:
        """Whether that of a person of this branch may not be learnt."""
        return not self._is_in(self.birth_dates, branch)

    def problem_with_change(self, before: str, after: str) -> str | None:
        if not self._is_in(self.changed, before):
            return _("This person is not of your branches: you may not change them.")
        if before != after and not self._is_in(self.changed, after):
            return _("You may move people only to your own branches.")
        return None

    def problem_with_new(self, branch: str) -> str | None:
        if self._is_in(self.added, branch):
            return None
        if not branch:
            return _("You may add people to your own branches only: name the branch.")
        return _("You may add people to your own branches only.")

    def _is_in(self, reach: Reach, branch: str) -> bool:
        return reach is None or self._codes.get(branch) in reach


def _common(actor: Any, *permissions: str) -> Reach:
    """Where an actor holds all of these."""
    if actor is None:
        return EVERYWHERE
    return reduce(common, (reach_of(actor, each) for each in permissions))


def refuse_partial(actor: Any) -> None:
    """A fixture tells everything of people, so it is for whom nothing is kept from.

    Raises JobRefused.
    """
    held = [right for right in FIXTURE_RIGHTS if actor and actor.has_perm(right)]
    is_limited = any(reach_of(actor, right) is not EVERYWHERE for right in held)
    if actor and (is_limited or hidden_fields(actor)):
        raise JobRefused(
            _(
                "A fixture holds everything of people, and you may not see everybody, "
                "or not everything. Use a spreadsheet."
            )
        )


def problems_with_hidden(options: ImportOptions, actor: Any) -> Iterator[str]:
    """Who may not see a field may not fill it either: the import would tell."""
    given = {*options.chosen, *(c for c, text in options.defaults.items() if text)}
    for column in sorted(given & hidden_fields(actor)) if actor else ():
        yield _(
            "You may not see %s of everybody whom you see, so you cannot import it. "
            "Choose «Do not import»."
        ) % column.replace("_", " ")


def refuse_hidden(options: ImportOptions, actor: Any) -> None:
    """Raises JobRefused when a right has gone since the columns were chosen."""
    if problems := list(problems_with_hidden(options, actor)):
        raise JobRefused("\n".join(problems))


def names_for(actor: Any, keys: Iterable[int]) -> dict[int, str]:
    """The usernames of those of these people whom `actor` may see."""
    within = people_within(actor) if actor else None
    names: dict[int, str] = {}
    for some in batched(set(keys), CHUNK):
        people = User.objects.filter(pk__in=some).order_by()
        people = people if within is None else people.filter(within)
        names |= dict(people.values_list("pk", "username"))
    return names
