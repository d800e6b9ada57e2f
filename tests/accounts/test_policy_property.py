"""The questions about one account and those about all of them have one answer."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.models import RoleLimit, User
from accounts.policy import (
    CHANGE_PEOPLE,
    grantable_roles,
    may_change_role,
    may_touch,
    people_within,
    reach_of,
    readers_within,
    untouchable_ids,
)
from readers.models import Branch, Reader

pytestmark = pytest.mark.django_db

RIGHTS = ["view_user", "change_user", "manage_staff", "delete_user", "view_branch"]
BRANCHES = 3

rights = st.frozensets(st.sampled_from(RIGHTS))
limits = st.none() | st.frozensets(st.integers(0, BRANCHES - 1))
roles = st.lists(st.tuples(rights, limits), min_size=1, max_size=4)
account = st.tuples(
    st.frozensets(st.integers(0, 3)),  # roles
    st.frozensets(st.sampled_from(RIGHTS), max_size=1),  # rights of its own
    st.none() | st.integers(0, BRANCHES - 1),  # the branch of its Reader
    st.tuples(st.booleans(), st.booleans(), st.booleans()),  # active, staff, superuser
)


def permissions(codenames):
    return Permission.objects.filter(codename__in=codenames)


def make_roles(drawn, branches):
    made = []
    for number, (held, limit) in enumerate(drawn):
        role = Group.objects.create(name=f"Role {number}")
        role.permissions.set(permissions(held))
        if limit is not None:
            RoleLimit.objects.limit(role, [branches[n] for n in limit])
        made.append(role)
    return made


def make_account(number, drawn, groups, branches):
    numbers, own, branch, (is_active, is_staff, is_superuser) = drawn
    user = User.objects.create(
        username=f"user{number}",
        is_active=is_active,
        is_staff=is_staff,
        is_superuser=is_superuser,
    )
    user.groups.set([groups[n] for n in numbers if n < len(groups)])
    user.user_permissions.set(permissions(own))
    if branch is not None:
        Reader.objects.filter(user=user).update(branch=branches[branch])
    return User.objects.get(pk=user.pk)


def held_by_tables(user):
    """Right → where, told from the tables alone; None is everywhere."""
    held = {each.codename: None for each in user.user_permissions.all()}
    for role in user.groups.all():
        limit = RoleLimit.objects.filter(role=role).first()
        where = limit and {each.pk for each in limit.branches.all()}
        for each in role.permissions.all():
            known = held.get(each.codename, set())
            ends = known is not None and where is not None
            held[each.codename] = known | where if ends else None
    return held


def is_as_wide(held, other):
    return all(
        right in held
        and (held[right] is None or (where is not None and where <= held[right]))
        for right, where in other.items()
    )


def expected(actor, target):
    """Whether the one may change the other, by the rule as it is told to people."""
    if not actor.is_active:
        return False
    if actor.is_superuser or actor == target:
        return True
    held = held_by_tables(actor)
    where = held.get("change_user", set())
    branch = Reader.objects.get(user=target).branch_id
    is_reached = where is None or branch in where
    is_above = target.is_superuser or not is_as_wide(held, held_by_tables(target))
    managed = held.get("manage_staff", set())
    is_staff_matter = target.is_staff and managed is not None and branch not in managed
    return is_reached and not is_above and not is_staff_matter


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(drawn_roles=roles, drawn=st.lists(account, min_size=2, max_size=4))
def test_all_questions_agree_and_follow_the_rule(db, drawn_roles, drawn):
    with transaction.atomic():
        branches = [Branch.objects.create(code=f"B{n}") for n in range(BRANCHES)]
        groups = make_roles(drawn_roles, branches)
        users = [
            make_account(n, each, groups, branches) for n, each in enumerate(drawn)
        ]
        for actor in users:
            within = User.objects.filter(people_within(actor, CHANGE_PEOPLE))
            above = untouchable_ids(actor)
            touched = {user for user in users if may_touch(actor, user)}

            assert touched == {user for user in users if expected(actor, user)}
            assert touched == {u for u in within if u.pk not in above}
            own = Reader.objects.filter(readers_within(actor, CHANGE_PEOPLE))
            assert {each.user_id for each in own} == {each.pk for each in within}
            given = set(grantable_roles(actor))
            changed = {role for role in groups if may_change_role(actor, role)}
            manages = actor.is_active and reach_of(actor, "accounts.manage_staff") != (
                frozenset()
            )
            if manages:
                assert changed == given & set(groups) - (
                    set() if actor.is_superuser else set(actor.groups.all())
                )
        transaction.set_rollback(True)
