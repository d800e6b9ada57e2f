"""Going back with roles: none comes to hold, or to reach, more than the actor does."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.contrib.auth.models import Group
from django.utils.translation import gettext as _

from accounts.admin.rights import BEYOND_REACH
from accounts.models import RoleLimit
from accounts.policy import may_change_role, may_make_role, may_manage_staff
from accounts.reach import EVERYWHERE, Reach, contents_of_roles, limits_of_roles, widest
from portal.history.snapshot import Snapshot
from portal.history.steps import Step


def check_roles(actor: Any, steps: Sequence[Step]) -> None:
    """Note what forbids these steps of roles and of their limits.

    One of a role's steps may go ahead without the other. So each is judged by all that
    the role holds or would hold, wherever it reaches or would reach.
    """
    by_role: dict[Any, list[Step]] = defaultdict(list)
    for step in steps:
        by_role[role_of(step)].append(step)
    held, limits = contents_of_roles(by_role), limits_of_roles(by_role)
    for role, its_steps in by_role.items():
        is_there = role in held
        if is_there and not may_change_role(actor, role):
            _refuse(its_steps, _("This role is yours, or holds more than you do."))
            continue
        rights = set(held[role].reaches) if is_there else set()
        reach: Reach = limits.get(role, EVERYWHERE) if is_there else frozenset()
        for step in its_steps:
            rights |= _permissions(step)
            reach = widest(reach, _reach(step, its_steps))
        may = may_manage_staff(actor) and may_make_role(actor, rights, reach)
        if not may:
            _refuse([step for step in its_steps if _gives(step)], BEYOND_REACH)


def role_of(step: Step) -> Any:
    if step.model is Group:
        return step.pk
    state: Any = step.target or step.now
    return state.values["role_id"]


def _permissions(step: Step) -> frozenset[int]:
    if step.model is not Group or step.target is None:
        return frozenset()
    return keys_of(step.target, "permissions")


def _reach(step: Step, its_steps: Sequence[Step]) -> Reach:
    """Where the role would reach by this step alone."""
    if step.model is RoleLimit:
        return keys_of(step.target, "branches") if step.target else EVERYWHERE
    comes_limited = any(each.model is RoleLimit for each in its_steps)
    # A role that comes back without its limit reaches everybody.
    return EVERYWHERE if step.kind == "create" and not comes_limited else frozenset()


def _gives(step: Step) -> bool:
    """Whether it changes what the role holds or reaches, or may."""
    is_right = step.model is RoleLimit or "permissions" in step.changed_fields
    return is_right and (step.model is RoleLimit or step.target is not None)


def keys_of(state: Snapshot, relation: str) -> frozenset[int]:
    return frozenset(pk for pk, _name in state.relations.get(relation, []))


def _refuse(steps: Sequence[Step], why: Any) -> None:
    for step in steps:
        step.problems.append(str(why))
