"""Who may do what: the roles beside each other, and one's own rights with reasons."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from django.contrib.auth.models import Group
from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.policy import MANAGE_STAFF, people_within, reach_of
from accounts.reach import (
    EVERYWHERE,
    Holding,
    Reach,
    contents_of_roles,
    limits_of_roles,
)
from accounts.rights_in_words import Right, grouped_rights
from readers.models import Branch

MEMBERS_NAMED = 3
GIVERS_NAMED = 3
# A library has few who manage staff; of more, these are enough to ask.
GIVERS_ASKED = 20


@dataclass
class Role:
    """A column: what the role holds, whom it reaches, and who has it."""

    group: Any
    holding: Holding
    where: str
    is_limited: bool
    # Of the people whom the reader of the page sees.
    count: int
    members: list[Any] = field(default_factory=list)

    @property
    def more(self) -> int:
        return self.count - len(self.members)


@dataclass
class Row:
    words: Any
    # (role, whether it holds the right), in the order of the columns.
    cells: list[tuple[Role, bool]]


@dataclass
class OwnRight:
    """Whether one holds a right: through what and where, or who could give it."""

    words: Any
    is_held: bool
    through: list[str] = field(default_factory=list)
    where: str = ""
    givers: list[Any] = field(default_factory=list)


# --- The roles ------------------------------------------------------------------------


def roles_for(reader: Any) -> list[Role]:
    """All roles, with those of their members whom `reader` sees."""
    groups = list(Group.objects.order_by("name"))
    contents, limits = contents_of_roles(), limits_of_roles(groups)
    names = _names_of_branches()
    counts, members = _members(reader)
    return [
        Role(
            group,
            contents.get(group.pk, Holding()),
            in_words(limits.get(group.pk, EVERYWHERE), names),
            group.pk in limits,
            counts.get(group.pk, 0),
            members[group.pk],
        )
        for group in groups
    ]


def table_of(roles: list[Role]) -> list[tuple[Any, list[Row]]]:
    """The rights in their groups, each with who holds it among `roles`."""
    return [
        (
            title,
            [
                Row(each.words, [(r, each.key in r.holding.reaches) for r in roles])
                for each in rights
            ],
        )
        for title, rights in grouped_rights()
    ]


def _members(reader: Any) -> tuple[dict[int, int], dict[int, list[Any]]]:
    """How many of whom `reader` sees have each role, and the first of them."""
    links: Any = User.groups.through.objects.all()
    if within := people_within(reader):
        links = links.filter(user__in=User.objects.filter(within).values("pk"))
    counts = dict(links.values_list("group").annotate(Count("pk")).order_by())
    place = Window(
        RowNumber(), partition_by=F("group"), order_by=[F("user__username").asc()]
    )
    first = links.annotate(place=place).filter(place__lte=MEMBERS_NAMED)
    members: dict[int, list[Any]] = defaultdict(list)
    for link in first.select_related("user").order_by("group", "place"):
        members[link.group_id].append(link.user)
    return counts, members


# --- One's own rights -----------------------------------------------------------------


def own_rights(actor: Any) -> list[tuple[Any, list[OwnRight]]]:
    """Each right: whether `actor` holds it, and why or why not."""
    through = _sources(actor)
    givers = _givers(actor)
    names = _names_of_branches()
    return [
        (title, [_own_right(actor, each, through, givers, names) for each in rights])
        for title, rights in grouped_rights()
    ]


def _own_right(
    actor: Any,
    right: Right,
    through: dict[int, list[str]],
    givers: list[tuple[Any, set[int]]],
    names: dict[int, str],
) -> OwnRight:
    if not actor.has_perm(right.name):
        able = [who for who, held in givers if who.is_superuser or right.key in held]
        return OwnRight(right.words, is_held=False, givers=able[:GIVERS_NAMED])
    sources = [_("superuser")] if actor.is_superuser else through[right.key]
    where = in_words(reach_of(actor, right.name), names) if right.has_reach else ""
    return OwnRight(right.words, is_held=True, through=sources, where=where)


def _sources(actor: Any) -> dict[int, list[str]]:
    """Right's key → the roles that give it to `actor`, or that it is given directly."""
    through: dict[int, list[str]] = defaultdict(list)
    groups = list(actor.groups.order_by("name"))
    contents = contents_of_roles([group.pk for group in groups])
    for group in groups:
        for key in contents[group.pk].reaches:
            through[key].append(group.name)
    for key in actor.user_permissions.values_list("pk", flat=True):
        through[key].append(_("given to you directly"))
    return through


def _givers(actor: Any) -> list[tuple[Any, set[int]]]:
    """Those who manage staff, as far as `actor` sees them, each with what they hold."""
    app, codename = MANAGE_STAFF.split(".")
    direct = {
        "user_permissions__content_type__app_label": app,
        "user_permissions__codename": codename,
    }
    by_role = {
        "groups__permissions__content_type__app_label": app,
        "groups__permissions__codename": codename,
    }
    managers = User.objects.filter(
        Q(is_superuser=True) | Q(**direct) | Q(**by_role),
        people_within(actor),
        is_active=True,
        is_staff=True,
    )
    asked = managers.exclude(pk=actor.pk).distinct().order_by("username")
    contents = contents_of_roles()
    return [
        (
            who,
            {each.pk for each in who.user_permissions.all()}.union(
                *(contents[group.pk].reaches for group in who.groups.all())
            ),
        )
        for who in asked.prefetch_related("groups", "user_permissions")[:GIVERS_ASKED]
    ]


# --- Words ----------------------------------------------------------------------------


def in_words(reach: Reach, names: dict[int, str]) -> str:
    if reach is None:
        return _("Everybody")
    known = sorted(names[key] for key in reach if key in names)
    return ", ".join(known) or _("Nobody: no branch is chosen")


def _names_of_branches() -> dict[int, str]:
    return dict(Branch.objects.values_list("pk", "name"))
