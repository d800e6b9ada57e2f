"""Going back with people: only where the actor's rights reach, before and after."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.policy import (
    ADD_PEOPLE,
    CHANGE_PEOPLE,
    DELETE_PEOPLE,
    MANAGE_STAFF,
    branches_to_choose,
    may_put_into,
)
from portal.access import visible_rows
from portal.history.steps import Doubts, Step
from portal.history.unseen import OUT_OF_REACH, beyond_reach
from readers.models import Reader

# What each kind of step asks for, of the person whom it is about.
NEEDED: dict[type[Model], dict[str, tuple[str, ...]]] = {
    User: {
        "create": (ADD_PEOPLE,),
        "update": (CHANGE_PEOPLE,),
        "delete": (DELETE_PEOPLE,),
    },
    Reader: {
        "create": (ADD_PEOPLE, "readers.add_reader"),
        "update": (CHANGE_PEOPLE, "readers.change_reader"),
        # A Reader goes with its User.
        "delete": (DELETE_PEOPLE,),
    },
}
NO_SUCH_BRANCH = _("It would put the person into a branch that you do not reach.")
OWN_RIGHTS = _("Nobody changes their own rights.")


def check_reach(actor: Any, steps: Sequence[Step]) -> None:
    """Note which of these steps are about people, or branches, out of reach."""
    by_rights: dict[tuple[str, ...], list[Step]] = defaultdict(list)
    for step in steps:
        rights = NEEDED[step.model][step.kind]
        by_rights[rights].append(step)
        if _moves(step) and not _may_move(actor, step, rights):
            step.problems.append(str(NO_SUCH_BRANCH))
    for rights, its in by_rights.items():
        for step in beyond_reach(actor, its, rights):
            step.problems.append(str(OUT_OF_REACH))


def check_own_rights(
    actor: Any, steps: Sequence[Step], rights_fields: Iterable[str]
) -> None:
    """Nobody changes their own rights, or those of people whom they do not manage."""
    wanted = {*rights_fields}
    giving = [step for step in steps if step.target and wanted & step.changed_fields]
    for step in giving:
        if step.pk == actor.pk:
            step.problems.append(str(OWN_RIGHTS))
    for step in beyond_reach(actor, giving, [MANAGE_STAFF]):
        step.problems.append(str(OUT_OF_REACH))


def heed_reach(actor: Any, model: type[Model], doubts: Doubts) -> Doubts:
    """The same for all people at once; where one would move, each is looked at."""
    for kind, rights in NEEDED[model].items():
        reached = visible_rows(actor, model, rights)
        if reached is not None and actor.has_perms(rights):
            doubts.within[kind] = [(reached, str(OUT_OF_REACH))]
            doubts.fields |= {"branch"}
    return doubts


def _moves(step: Step) -> bool:
    return step.model is Reader and (
        step.kind == "create" or "branch" in step.changed_fields
    )


def _may_move(actor: Any, step: Step, rights: tuple[str, ...]) -> bool:
    if step.target is None or branches_to_choose(actor, *rights) is None:
        return True
    return may_put_into(actor, step.target.values["branch_id"], *rights)
