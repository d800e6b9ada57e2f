"""Whatever is sent: no account ever gets more than it had and its giver holds."""

from contextlib import contextmanager

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from accounts.models import User
from portal.history.acts import change_set
from tests.posts import seen_plan

pytestmark = pytest.mark.django_db

# What opens the pages that could hand something out, and a few to hand out.
PAGES = ["manage_staff", "view_user", "add_user", "change_user", "view_reader"]
PAGES += ["view_group", "add_group", "change_group", "view_history", "revert_history"]
GOODS = ["delete_user", "invite_user", "export_user", "delete_group", "view_branch"]

rights = st.frozensets(st.sampled_from(PAGES + GOODS))
few_rights = st.frozensets(st.sampled_from(PAGES + GOODS), max_size=3)
roles = st.frozensets(st.integers(0, 1))
accounts = st.tuples(few_rights, roles, st.booleans(), st.booleans())
steps = st.tuples(
    st.sampled_from(["change", "add", "change role", "add role", "revert", "act"]),
    st.sampled_from(["target", "actor", "superuser"]),
    rights,
    roles,
)
ALL = frozenset(PAGES + GOODS)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def permissions(codenames):
    return Permission.objects.filter(codename__in=codenames)


def make(username, codenames, groups, is_staff=True, is_active=True):
    """A person who once held everything: reverting must not bring that back."""
    user = User.objects.create(
        username=username, is_staff=is_staff, is_active=is_active
    )
    with change_set():
        user.user_permissions.set(permissions(ALL))
        user.groups.set(Group.objects.filter(name__startswith="Role "))
    with change_set():
        user.user_permissions.set(permissions(codenames))
        user.groups.set(groups)
    return user


def effective():
    """Account → what it may do, counted from the tables alone."""
    held = {user.pk: set() for user in User.objects.all()}
    for user, codename in User.user_permissions.through.objects.values_list(
        "user", "permission__codename"
    ):
        held[user].add(codename)
    for user, codename in User.groups.through.objects.values_list(
        "user", "group__permissions__codename"
    ):
        held[user] |= {codename} - {None}
    for user in User.objects.filter(is_superuser=True):
        held[user.pk].add("everything")
    return held


def row_of(username):
    return User.objects.values().get(username=username)


def send(client, step, people, groups):
    """One post, as if the page had offered all of this."""
    kind, who, codenames, numbers = step
    given = {
        "username": f"{who}-new" if kind == "add" else people[who].username,
        "first_name": "Changed",
        "is_active": "on",
        "is_staff": "on",
        "is_superuser": "on",
        "access": "none",
        "groups": [groups[n].pk for n in numbers],
        "user_permissions": [each.pk for each in permissions(codenames)],
        "permissions": [each.pk for each in permissions(codenames)],
        "name": f"Role {kind}",
        "reader-TOTAL_FORMS": 0,
        "reader-INITIAL_FORMS": int(kind != "add"),
        "reader-0-joined_on": "2026-01-15",
        "action": "activate",
        "_selected_action": people[who].pk,
        "confirm": "1",
        "change_reason": "To get more",
    }
    person = people[who]
    pages = {
        "change": [("accounts_user_change", person.pk)],
        "add": [("accounts_user_add",)],
        "change role": [("auth_group_change", group.pk) for group in groups],
        "add role": [("auth_group_add",)],
        "act": [("accounts_user_changelist",)],
        "revert": [
            *reverts_of("accounts_user", person),
            *reverts_of("auth_group", *groups),
        ],
    }
    for name, *args in pages[kind]:
        url = reverse(f"admin:{name}", args=args)
        if kind == "revert":
            given |= seen_plan(client, url)
        # Whom one may not see is not found.
        assert client.post(url, given).status_code in (200, 302, 403, 404)


def reverts_of(page, *objects):
    """Each way back that a page has: one object, one of its rights, or all of it."""
    for each in objects:
        rows = each.history.order_by("history_id")
        for row, made in list(rows.values_list("history_id", "change_set")):
            key = each.pk, each._meta.model_name, row
            yield f"{page}_revert", *key
            for relation in rows.model.tracked_relations:
                yield f"{page}_revert_field", *key, relation
            yield f"{page}_back", each.pk, made


@settings(
    max_examples=15,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    actor=accounts,
    target=accounts,
    in_roles=st.tuples(few_rights, few_rights),
    sent=st.lists(steps, min_size=1, max_size=3),
)
@example(  # May do everything on the pages, and holds nothing to give.
    actor=(frozenset(PAGES), frozenset(), True, True),
    target=(frozenset(), frozenset({1}), True, True),
    in_roles=(frozenset(GOODS), frozenset(PAGES)),
    sent=[
        (kind, who, frozenset(codenames), frozenset(numbers))
        for codenames, numbers in [(ALL, ()), ((), (0, 1)), ((), ())]
        for kind in ("change", "add", "change role", "add role", "revert")
        for who in ("target", "actor", "superuser")
    ],
)
def test_nobody_ever_gets_more_than_they_had_and_the_giver_holds(
    db, actor, target, in_roles, sent
):
    with rolled_back():
        groups = [Group.objects.create(name=f"Role {n}") for n in range(2)]
        for group, codenames in zip(groups, in_roles, strict=True):
            group.permissions.set(permissions(ALL))
            group.permissions.set(permissions(codenames))
        people = {
            "actor": make("actor", actor[0], [groups[n] for n in actor[1]]),
            "target": make(
                "target", target[0], [groups[n] for n in target[1]], *target[2:]
            ),
            "superuser": User.objects.create_superuser("superuser"),
        }
        client = Client()
        client.force_login(people["actor"])
        before, superuser = effective(), row_of("superuser")
        ours = before[people["actor"].pk]
        for step in sent:
            # Each from the same beginning, or the actor may give its own rights away.
            with rolled_back():
                send(client, step, people, groups)
                after = effective()
                assert row_of("superuser") == superuser
            grown = {
                pk: held - before.get(pk, set()) - ours for pk, held in after.items()
            }
            assert set().union(*grown.values()) == set()
