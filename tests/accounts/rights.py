"""What an account may do, and pages that could change it."""

from typing import Any

from django.contrib.auth.models import Permission
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.posts import posted


def change_page(person: User) -> str:
    return reverse("admin:accounts_user_change", args=[person.pk])


def permission(codename: str) -> Permission:
    return Permission.objects.get(codename=codename)


def rights_of(person: User) -> tuple[bool, bool, set[str], set[str]]:
    """Staff, superuser, the names of the roles, and of the permissions of its own."""
    person = User.objects.get(pk=person.pk)
    return (
        person.is_staff,
        person.is_superuser,
        set(person.groups.values_list("name", flat=True)),
        set(person.user_permissions.values_list("codename", flat=True)),
    )


def send(client: Client, page: str, **data: Any) -> HttpResponse:
    """Post the page's form with values that it may not have offered."""
    return client.post(page, posted(client.get(page), **data))
