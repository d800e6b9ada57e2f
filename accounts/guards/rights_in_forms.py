"""Whether a posted form would change anybody's rights, judged by the live row."""

from typing import Any

from django.contrib.admin.utils import unquote
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from accounts.models import User
from accounts.policy import grantable_permissions, grantable_roles, may_manage_staff

OFFERED = {"groups": grantable_roles, "user_permissions": grantable_permissions}


def gives_rights(request: HttpRequest, **kwargs: Any) -> bool:
    """Of a new person: whether it begins with any."""
    names = ("is_staff", "is_superuser", *OFFERED)
    return any(any(request.POST.getlist(name)) for name in names)


def changes_rights(request: HttpRequest, object_id: str, **kwargs: Any) -> bool:
    """What the form does not offer to this actor, it does not change either."""
    actor = request.user
    person = User.objects.filter(pk=_key(object_id)).first()
    if person is None or not may_manage_staff(actor):
        return False
    flags = ["is_staff", *(["is_superuser"] if actor.is_superuser else [])]
    return any(
        getattr(person, flag) != (flag in request.POST) for flag in flags
    ) or any(
        _differs(request, name, getattr(person, name), offer(actor))
        for name, offer in OFFERED.items()
    )


def fills_role(request: HttpRequest, **kwargs: Any) -> bool:
    return any(request.POST.getlist("permissions"))


def changes_role(request: HttpRequest, object_id: str, **kwargs: Any) -> bool:
    role = Group.objects.filter(pk=_key(object_id)).first()
    offered = grantable_permissions(request.user)
    return (
        role is not None
        and may_manage_staff(request.user)
        and _differs(request, "permissions", role.permissions, offered)
    )


def _differs(request: HttpRequest, name: str, held: Any, offered: Any) -> bool:
    live = held.filter(pk__in=offered.values("pk")).values_list("pk", flat=True)
    return set(map(str, live)) != set(filter(None, request.POST.getlist(name)))


def _key(object_id: str) -> int:
    """0 for what is no key: the page itself says that there is nobody."""
    try:
        key = int(unquote(object_id))
        User._meta.pk.run_validators(key)
    except (ValueError, ValidationError):
        return 0
    return key
