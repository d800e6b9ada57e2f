"""What an account holds, and where: each right with the branches that it reaches.

`accounts.policy` judges by this.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

from accounts.models import RoleLimit
from readers.models import Branch

# The keys of the branches whose people a right reaches; None is all people, those of
# no branch too.
type Reach = frozenset[int] | None
EVERYWHERE: Reach = None
NOWHERE: frozenset[int] = frozenset()


@dataclass
class Holding:
    """Rights by the keys of their permissions, each with its reach."""

    reaches: dict[int, Reach] = field(default_factory=dict)
    # The same rights by name, as `has_perm` takes them: «accounts.view_user».
    keys: dict[str, int] = field(default_factory=dict)

    def add(self, key: int, reach: Reach) -> None:
        self.reaches[key] = widest(self.reaches.get(key, NOWHERE), reach)

    def reach(self, name: str) -> Reach:
        return self.reaches.get(self.keys.get(name, 0), NOWHERE)

    def covers(self, other: "Holding") -> bool:
        """Whether each right of `other` is held here too, as widely."""
        return all(
            is_within(reach, self.reaches.get(key, NOWHERE))
            for key, reach in other.reaches.items()
        )

    @property
    def everywhere(self) -> set[int]:
        return {key for key, reach in self.reaches.items() if reach is EVERYWHERE}


def is_within(reach: Reach, other: Reach) -> bool:
    return other is None or (reach is not None and reach <= other)


def common(reach: Reach, other: Reach) -> Reach:
    """Where both of them reach."""
    if reach is EVERYWHERE:
        return other
    return reach if other is EVERYWHERE else reach & other  # type: ignore[operator]


def widest(*reaches: Reach) -> Reach:
    """Where any of them reaches."""
    ends = [reach for reach in reaches if reach is not None]
    return NOWHERE.union(*ends) if len(ends) == len(reaches) else EVERYWHERE


def branches_within(reach: Reach) -> QuerySet[Branch]:
    return (
        Branch.objects.all() if reach is None else Branch.objects.filter(pk__in=reach)
    )


def has_limited_role(user: Any) -> bool:
    return RoleLimit.objects.filter(role__user=user.pk).exists()


def holding_of(user: Any) -> Holding:
    """What an account holds by itself and by its roles, switched off or not."""
    holding = Holding()
    held = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    for key, app, codename in held.values_list(
        "pk", "content_type__app_label", "codename"
    ):
        holding.keys[f"{app}.{codename}"] = key
    for key in user.user_permissions.values_list("pk", flat=True):
        holding.add(key, EVERYWHERE)
    for role in contents_of_roles(Group.objects.filter(user=user)).values():
        for key, reach in role.reaches.items():
            holding.add(key, reach)
    return holding


def limits_of_roles(roles: Iterable[Any]) -> dict[int, Reach]:
    """Role's key → the branches that it is limited to, of the roles that are."""
    limits = RoleLimit.objects.filter(role__in=roles).prefetch_related("branches")
    return {
        limit.role_id: frozenset(branch.pk for branch in limit.branches.all())
        for limit in limits
    }


def contents_of_roles(roles: Iterable[Any] | None = None) -> dict[int, Holding]:
    """Role's key → what it gives; of all roles, if none are named. Roles are few."""
    chosen: Any = Group.objects.all() if roles is None else roles
    reaches = limits_of_roles(chosen)
    contents: dict[int, Holding] = defaultdict(Holding)
    for role, permission in Group.objects.filter(pk__in=chosen).values_list(
        "pk", "permissions"
    ):
        if permission is None:
            contents[role] = Holding()
        else:
            contents[role].add(permission, reaches.get(role, EVERYWHERE))
    return dict(contents)
