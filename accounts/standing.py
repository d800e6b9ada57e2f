"""Where an account stands: what it holds, and who stands above it.

`accounts.policy` states the rules; these are the facts that it judges by.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Permission
from django.db.models import Q, QuerySet

from accounts.reach import Holding, contents_of_roles, has_limited_role, holding_of


def key_of(target: Any) -> int | None:
    """The key of an object, or of what names it: `7`, `"7"`, `" ٧ "`; else None."""
    try:
        return int(getattr(target, "pk", target))
    except (TypeError, ValueError):
        return None


def oneself(actor: Any) -> Any:
    """The key of one's own account; None, which nobody has, when it is switched off."""
    return actor.pk if actor.is_active else None


def holds_all(actor: Any) -> bool:
    return actor.is_active and actor.is_superuser


def held_by(actor: Any) -> Holding:
    """What `actor` holds, read once for each object; nothing when switched off."""
    if not hasattr(actor, "_holding"):
        actor._holding = holding_of(actor) if actor.is_active else Holding()
    return actor._holding


def has_limits(actor: Any) -> bool:
    """Whether any of its roles has a limit; most accounts need no closer look."""
    if not hasattr(actor, "_has_limits"):
        is_limited = not actor.is_superuser and has_limited_role(actor)
        actor._has_limits = is_limited
    return actor._has_limits


def roles_above(actor: Any) -> list[int]:
    """The keys of the roles that hold something which `actor` lacks."""
    held, roles = held_by(actor), contents_of_roles()
    return [role for role, inside in roles.items() if not held.covers(inside)]


def holds_more(actor: Any) -> Q:
    """A filter of users: those with a right that `actor` lacks, or not as widely."""
    user: Any = get_user_model()
    given = user.user_permissions.through.objects.exclude(
        permission__in=held_by(actor).everywhere
    )
    by_role = user.groups.through.objects.filter(group__in=roles_above(actor))
    return (
        Q(is_superuser=True)
        | Q(pk__in=given.values("user"))
        | Q(pk__in=by_role.values("user"))
    )


def known_permissions() -> QuerySet[Permission]:
    """Those that open anything here."""
    return (
        Permission.objects.select_related("content_type")
        .filter(content_type__app_label__in=[*settings.PORTAL_APPS, "auth"])
        .exclude(content_type__model__startswith="historical")
        .exclude(content_type__app_label="auth", content_type__model="permission")
    )
