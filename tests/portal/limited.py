"""Staff of one branch, and what happened there and elsewhere."""

from typing import Any

from django.contrib.auth.models import Group, Permission
from django.urls import reverse

from accounts.models import RoleLimit, User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Branch, Reader
from tests.conftest import make_staff


def limit_role(name: str, *branches: Branch) -> Group:
    role = Group.objects.get(name=name)
    RoleLimit.objects.create(role=role).branches.set(branches)
    return role


def staff_of(branch: Branch, role: str, *further: str) -> User:
    """With the rights of a role, and further ones, for the people of one branch."""
    made = limit_role(role, branch)
    made.permissions.add(*Permission.objects.filter(codename__in=further))
    return make_staff(f"{role.lower()}_of_{branch.code.lower()}", role)


def person(given: str, branch: Branch | None, **values: Any) -> User:
    """Made in one act, whose subject is its reason."""
    with change_set(reason=f"{given} joins"):
        made = User.objects.create_user(
            given.lower(), f"{given.lower()}@example.org", first_name=given
        )
        Reader.objects.filter(user=made).update(branch=branch, **values)
    return made


def change(reason: str, *people: User, **values: Any) -> ChangeSet:
    """Change the Readers of these people in one act."""
    with change_set(reason=reason) as act:
        Reader.objects.filter(user__in=people).update(**values)
    assert act.recorded is not None
    return act.recorded


def history_page(name: str, *args: Any, **query: Any) -> str:
    return reverse(f"admin:portal_{name}", args=args, query=query)
