"""Edits for hypothesis to draw, and the state that they lead to."""

from contextlib import suppress
from typing import Any

from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.db.models import ProtectedError
from hypothesis import strategies as st

from accounts.models import User
from portal.history.snapshot import current_snapshots, tracked_models
from readers.models import Branch, Reader

State = dict[tuple[str, Any], Any]


def state() -> State:
    """Every tracked value and relation, by the ids alone."""
    return {
        (model._meta.label, pk): (
            snapshot.values,
            {
                name: [each for each, _name in pairs]
                for name, pairs in snapshot.relations.items()
            },
        )
        for model in tracked_models()
        for pk, snapshot in current_snapshots(
            model, model._base_manager.values_list("pk", flat=True)
        ).items()
    }


# --- Edits -----------------------------------------------------------------------


def pick(queryset, number):
    found = list(queryset.order_by("pk"))
    return found[number % len(found)] if found else None


def is_free(model, **values):
    return not model.objects.filter(**values).exists()


def edit_tables(kind, which, other):
    branch, role = pick(Branch.objects, which), pick(Group.objects, which)
    right = pick(Permission.objects, other)
    if kind == "open" and is_free(Branch, code=f"B{which}"):
        Branch.objects.create(code=f"B{which}", name=f"Branch {which}")
    elif kind == "rename" and branch:
        Branch.objects.filter(pk=branch.pk).update(name=f"Renamed {other}")
    elif kind == "shut" and branch:
        with suppress(ProtectedError), transaction.atomic():
            branch.delete()
    elif kind == "new role" and is_free(Group, name=f"Role {which}"):
        Group.objects.create(name=f"Role {which}").permissions.add(right)
    elif kind == "rights" and role:
        role.permissions.set([right])
    elif kind == "no such role" and role:
        role.delete()


def edit_people(kind, which, other):
    name = f"p{other}"
    if kind == "add" and is_free(User, username=name):
        User.objects.create_user(name)
    elif kind == "add two" and is_free(User, username__in=["q", "r"]):
        people = User.objects.bulk_create([User(username=n) for n in "qr"])
        readers = Reader.objects.filter(user__in=people)
        readers.update(branch=pick(Branch.objects, other))
    elif kind == "all":
        Reader.objects.update(notes=f"Note {other}")
    elif person := pick(User.objects, which):
        edit_person(person, kind, other)


def edit_person(person, kind, other):
    people, readers = (
        User.objects.filter(pk=person.pk),
        Reader.objects.filter(user=person),
    )
    if kind == "name":
        people.update(first_name=f"Name {other}")
    elif kind == "username" and is_free(User, username=f"p{other}"):
        people.update(username=f"p{other}")
    elif kind == "move":
        readers.update(branch=pick(Branch.objects, other))
    elif kind == "card" and is_free(Reader, card_number=f"C-{other}"):
        readers.update(card_number=f"C-{other}")
    elif kind == "role":
        person.groups.add(*filter(None, [pick(Group.objects, other)]))
    elif kind == "no role":
        person.groups.clear()
    elif kind == "right":
        person.user_permissions.set([pick(Permission.objects, other)])
    elif kind == "remove":
        person.delete()


TABLES = ["open", "rename", "shut", "new role", "rights", "no such role"]
PEOPLE = ["add", "add two", "all", "name", "username", "move", "card"]
PEOPLE += ["role", "no role", "right", "remove"]
edits = st.tuples(
    st.sampled_from([*TABLES, *PEOPLE]), st.integers(0, 3), st.integers(0, 3)
)


def edit(kind: str, which: int, other: int) -> None:
    (edit_tables if kind in TABLES else edit_people)(kind, which, other)
