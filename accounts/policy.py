"""Who may do what to whom: nobody reaches further than their rights, or gives more.

Every door asks here, with the live rows: pages, inlines, actions, search, imports,
exports, jobs, reverts, commands. An account may be named by the object, its key, or the
key as a string. What `actor` holds is read once for each actor object, as Django does:
take a new one for each request and for each run of a job.

- A right comes from a role or is given directly. A role with a `RoleLimit` gives its
  rights for the people of some branches alone. A superuser holds all, everywhere.
- Whoever holds a right that the actor lacks, or holds it where the actor does not,
  stands above. An account that is switched off counts by what it would hold.
- Nobody gives what they do not hold, and nobody changes their own rights.
"""

from collections.abc import Iterable
from typing import Any

from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.reach import (
    EVERYWHERE,
    NOWHERE,
    Holding,
    Reach,
    common,
    contents_of_roles,
    is_within,
    widest,
)
from accounts.standing import (
    has_limits,
    held_by,
    holds_all,
    holds_more,
    key_of,
    known_permissions,
    oneself,
    roles_above,
)

VIEW_PEOPLE = "accounts.view_user"
ADD_PEOPLE = "accounts.add_user"
CHANGE_PEOPLE = "accounts.change_user"
DELETE_PEOPLE = "accounts.delete_user"
INVITE_PEOPLE = "accounts.invite_user"
MANAGE_STAFF = "accounts.manage_staff"
# Fields of a Reader that have a right of their own, to see and to change them.
PERSONAL_FIELDS = {
    "birth_date": "readers.view_birth_date",
    "phone": "readers.view_phone",
    "notes": "readers.view_notes",
}
# Said of every earlier day alike, where the birth date is hidden: which of them the
# rule refuses would tell it, day by day.
JOINED_EARLIER = _(
    "Only who may see birth dates can put this date earlier: the birth date must be "
    "before it."
)


# --- Whom one sees and touches -----------------------------------------------------


def reach_of(actor: Any, permission: str) -> Reach:
    """The branches whose people `actor` reaches with this right; None is everybody.

    Whoever may change people sees them, as everywhere in Django's admin.
    """
    rights = [permission, *([CHANGE_PEOPLE] if permission == VIEW_PEOPLE else [])]
    held = [each for each in rights if actor.has_perm(each)]
    if held and not has_limits(actor):
        return EVERYWHERE
    return widest(*(held_by(actor).reach(each) for each in held)) if held else NOWHERE


def people_within(actor: Any, permission: str = VIEW_PEOPLE) -> Q:
    """A filter of users: those whom `actor` reaches with this right, and oneself."""
    branches = reach_of(actor, permission)
    if branches is EVERYWHERE:
        return Q()
    return Q(reader__branch__in=branches) | Q(pk=oneself(actor))


def readers_within(actor: Any, permission: str = VIEW_PEOPLE) -> Q:
    """The same filter, of readers."""
    branches = reach_of(actor, permission)
    if branches is EVERYWHERE:
        return Q()
    return Q(branch__in=branches) | Q(user=oneself(actor))


def branches_to_choose(actor: Any, *permissions: str) -> Reach:
    """The branches that `actor` may put people into, who needs all these rights for it.

    Whoever does not reach everybody must choose one: nobody may put a person where
    they do not reach them any more.
    """
    reach: Reach = EVERYWHERE
    for permission in permissions:
        reach = common(reach, reach_of(actor, permission))
    return reach


def may_put_into(actor: Any, branch: int | None, *permissions: str) -> bool:
    """Whether a person in this branch, None being none, is within all these rights."""
    reach = branches_to_choose(actor, *permissions)
    return reach is None or branch in reach


def may_touch(actor: Any, target: Any, permission: str = CHANGE_PEOPLE) -> bool:
    """Whether `actor` reaches an account with this right and stands as high.

    A staff account is for those who manage staff: whoever could change a colleague's
    e-mail and send a link there could act in their name. Always true for oneself, and
    false for an account that is not there.
    """
    key = key_of(target)
    people = get_user_model()._default_manager.filter(pk=key)
    reached = people.filter(people_within(actor, permission))
    if holds_all(actor) or key == actor.pk:
        return reached.exists()
    return reached.exclude(_is_above(actor)).exists()


def untouchable_ids(actor: Any) -> set[int]:
    """The keys of the accounts that stand above `actor`, in a few queries.

    Only accounts with any rights are looked at. Whom the actor does not reach is for
    `people_within` to say: they may be a million.
    """
    if holds_all(actor):
        return set()
    ranked = get_user_model()._default_manager.filter(_is_above(actor))
    return set(ranked.exclude(pk=actor.pk).values_list("pk", flat=True))


def hidden_fields(actor: Any) -> frozenset[str]:
    """The personal fields that `actor` may not see of everybody whom they see."""
    return hidden_within(actor, reach_of(actor, VIEW_PEOPLE))


def hidden_fields_of(actor: Any, target: Any = None) -> frozenset[str]:
    """The same of one person alone, or, without one, of those whom `actor` adds."""
    if target is None:
        return hidden_within(actor, reach_of(actor, ADD_PEOPLE))
    branch = getattr(getattr(target, "reader", None), "branch_id", None)
    return hidden_within(actor, frozenset({branch}) if branch else EVERYWHERE)


def hidden_of_oneself(actor: Any) -> frozenset[str]:
    """The fields that `actor` sees of all others whom they see, and not of themselves.

    One always sees oneself, of whichever branch: what shows the fields of many people
    at once has to leave oneself out where one of these is told.
    """
    if not has_limits(actor):
        return frozenset()
    return hidden_fields_of(actor, actor) - hidden_fields(actor)


def hidden_within(actor: Any, reach: Reach) -> frozenset[str]:
    """The personal fields that `actor` may not see of all people within this reach."""
    return frozenset(
        name
        for name, right in PERSONAL_FIELDS.items()
        if not actor.has_perm(right) or not is_within(reach, reach_of(actor, right))
    )


def _is_above(actor: Any) -> Q:
    """A filter of users: all staff stand above who does not manage them there."""
    above, reach = holds_more(actor), reach_of(actor, MANAGE_STAFF)
    if reach is EVERYWHERE:
        return above
    people = get_user_model()._default_manager.filter(reader__branch__in=reach)
    return above | Q(is_staff=True) & ~Q(pk__in=people.values("pk"))


# --- What one gives ----------------------------------------------------------------


def may_manage_staff(actor: Any) -> bool:
    """Whether `actor` may make staff accounts and hand out roles at all."""
    return actor.has_perm(MANAGE_STAFF)


def may_change_rights(actor: Any, target: Any) -> bool:
    """Whether `actor` may change another's flags, roles and permissions."""
    if not may_manage_staff(actor) or key_of(target) == actor.pk:
        return False
    return may_touch(actor, target, MANAGE_STAFF)


def may_change_role(actor: Any, role: Any) -> bool:
    """Whether `actor` holds all that is in a role, and does not have it themselves."""
    if holds_all(actor):
        return True
    key = key_of(role)
    inside = contents_of_roles([key]).get(key) if key else None
    if inside is None or not actor.is_active or actor.groups.filter(pk=key).exists():
        return False
    return held_by(actor).covers(inside)


def may_make_role(actor: Any, permissions: Iterable[int], branches: Reach) -> bool:
    """Whether `actor` holds all of what a role would be: these rights, so far."""
    inside = Holding()
    for permission in permissions:
        inside.add(permission, branches)
    return holds_all(actor) or held_by(actor).covers(inside)


def grantable_permissions(actor: Any) -> QuerySet[Permission]:
    """The permissions that `actor` may give an account directly: for everybody."""
    if holds_all(actor):
        return known_permissions()
    if not may_manage_staff(actor):
        return Permission.objects.none()
    return known_permissions().filter(pk__in=held_by(actor).everywhere)


def permissions_for_roles(actor: Any) -> QuerySet[Permission]:
    """The permissions that `actor` may put into a role, where `may_make_role` says."""
    if holds_all(actor):
        return known_permissions()
    if not may_manage_staff(actor):
        return Permission.objects.none()
    return known_permissions().filter(pk__in=held_by(actor).reaches)


def branches_held(actor: Any) -> Reach:
    """The branches where `actor` holds anything at all: those to limit a role to."""
    return EVERYWHERE if holds_all(actor) else widest(*held_by(actor).reaches.values())


def grantable_roles(actor: Any) -> QuerySet[Group]:
    """The roles that hold nothing which `actor` lacks."""
    if holds_all(actor):
        return Group.objects.all()
    if not may_manage_staff(actor):
        return Group.objects.none()
    return Group.objects.exclude(pk__in=roles_above(actor))
