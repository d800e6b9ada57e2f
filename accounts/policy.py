"""Who may touch whom, and hand out what: nobody gets more than they hold.

Every page, import, action and revert asks here, with the live rows. An account that
is switched off counts by the rights that it would have when switched on again.
"""

from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.models import Group, Permission
from django.db.models import Q, QuerySet

MANAGE_STAFF = "accounts.manage_staff"


def permission_ids(user: Any) -> set[int]:
    """The keys of the permissions that a user has by itself and by its roles."""
    held = Permission.objects.filter(Q(user=user) | Q(group__user=user))
    return set(held.values_list("pk", flat=True))


def may_touch(actor: Any, target: Any) -> bool:
    """Whether `actor` stands at least as high as the account `target`.

    Whoever holds a permission that the actor lacks stands above; a superuser stands
    above all but superusers. A staff account is for those who manage staff: whoever
    could change a colleague's e-mail and send a link there could act in their name.
    Always true for one's own account.
    """
    if actor.is_superuser or actor.pk == target.pk:
        return True
    if target.is_superuser or (target.is_staff and not may_manage_staff(actor)):
        return False
    return permission_ids(target) <= permission_ids(actor)


def untouchable_ids(actor: Any) -> set[int]:
    """The keys of the accounts that stand above `actor`, in a few queries.

    For many targets at once: only accounts with any rights are looked at.
    """
    if actor.is_superuser:
        return set()
    above = Permission.objects.exclude(pk__in=permission_ids(actor))
    is_above = (
        Q(is_superuser=True)
        | Q(user_permissions__in=above)
        | Q(groups__permissions__in=above)
    )
    if not may_manage_staff(actor):
        is_above |= Q(is_staff=True)
    ranked = get_user_model()._default_manager.filter(is_above)
    return set(ranked.exclude(pk=actor.pk).values_list("pk", flat=True))


def may_manage_staff(actor: Any) -> bool:
    """Whether `actor` may make staff accounts and hand out roles at all."""
    return actor.has_perm(MANAGE_STAFF)


def grantable_permissions(actor: Any) -> QuerySet[Permission]:
    """The permissions that `actor` may hand out, of those that open anything here."""
    permissions = (
        Permission.objects.select_related("content_type")
        .filter(content_type__app_label__in=[*settings.PORTAL_APPS, "auth"])
        .exclude(content_type__model__startswith="historical")
        .exclude(content_type__app_label="auth", content_type__model="permission")
    )
    if actor.is_superuser:
        return permissions
    if not may_manage_staff(actor):
        return permissions.none()
    return permissions.filter(pk__in=permission_ids(actor))


def grantable_roles(actor: Any) -> QuerySet[Group]:
    """The roles that hold nothing which `actor` lacks."""
    if actor.is_superuser:
        return Group.objects.all()
    if not may_manage_staff(actor):
        return Group.objects.none()
    above = Permission.objects.exclude(pk__in=permission_ids(actor))
    return Group.objects.exclude(permissions__in=above)
