"""Rights never grow: whatever staff do in turn, nobody gets more than a giver held.

Accounts of every rank act on each other by real requests: forms, actions, roles, limits
of roles, branches, imports, reverts. After each step, what any account holds, counted
from the tables alone, must be within what it held before and what the actor held.
"""

import pytest
from django.contrib.auth.models import Group, Permission
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule, run_state_machine_as_test

from accounts.models import RoleLimit, User
from readers.models import Branch, Reader
from tests.import_steps import import_people
from tests.posts import posted, seen_plan
from tests.security.sizes import size

pytestmark = pytest.mark.django_db

STEPS_OF_A_RUN = 50
ACTORS = ("desk", "north desk", "manager", "north manager", "role editor", "auditor")
ACCOUNTS = (*ACTORS, "reader", "south reader", "root")
ROLES = ("Front desk", "Importer", "Auditor", "Manager", "North desk", "North manager")
RIGHTS = (
    *("view_user", "change_user", "delete_user", "import_user", "export_user"),
    *("manage_staff", "invite_user", "view_birth_date", "view_history"),
    *("revert_history", "change_group", "add_group", "delete_branch"),
)
NORTH, SOUTH, NOBODYS = "NORTH", "SOUTH", "no branch"

actors = st.sampled_from(ACTORS)
accounts = st.sampled_from(ACCOUNTS)
roles = st.sets(st.sampled_from(ROLES), max_size=3)
rights = st.sets(st.sampled_from(RIGHTS), max_size=4)
branches = st.sets(st.sampled_from([NORTH, SOUTH]))
flags = st.booleans()


def holdings():
    """Account → every (right, branch) that it holds, from the tables alone."""
    places = frozenset({*Branch.objects.values_list("code", flat=True), NOBODYS})
    limits = {
        limit.role_id: frozenset(limit.branches.values_list("code", flat=True))
        for limit in RoleLimit.objects.all()
    }
    inside = {
        role.pk: {
            (right, place)
            for right in role.permissions.values_list("codename", flat=True)
            for place in limits.get(role.pk, places)
        }
        for role in Group.objects.all()
    }
    held = {}
    for user in User.objects.all():
        own = user.user_permissions.values_list("codename", flat=True)
        held[user.pk] = {(right, place) for right in own for place in places}
        for role in user.groups.values_list("pk", flat=True):
            held[user.pk] |= inside[role]
        if user.is_superuser:
            held[user.pk].add("everything")
    return held


class Staff(RuleBasedStateMachine):
    """One run: an office at work, every request from a browser of its own."""

    steps = 0

    def __init__(self):
        super().__init__()
        self.office = transaction.atomic()
        self.office.__enter__()
        self.north = Branch.objects.create(code=NORTH, name="North")
        self.south = Branch.objects.create(code=SOUTH, name="South")
        for name, like in (("North desk", "Front desk"), ("North manager", "Manager")):
            self.limited_role(name, Group.objects.get(name=like))
        self.desk = Group.objects.get(name="North desk")
        self.people = {name: self.account(name) for name in ACCOUNTS}
        self.give("desk", "Front desk")
        self.give("north desk", "North desk")
        self.give("manager", "Manager")
        self.give("north manager", "North manager")
        self.give("auditor", "Auditor")
        self.people["role editor"].user_permissions.set(
            Permission.objects.filter(codename__endswith="_group")
        )

    def teardown(self):
        transaction.set_rollback(True)
        self.office.__exit__(None, None, None)

    def limited_role(self, name, like):
        role = Group.objects.create(name=name)
        role.permissions.set(like.permissions.all())
        RoleLimit.objects.create(role=role).branches.set([self.north])

    def account(self, name):
        user = User.objects.create_user(
            name.replace(" ", "."),
            f"{name.replace(' ', '.')}@example.org",
            is_staff=name in ACTORS,
            is_superuser=name == "root",
        )
        branch = self.south if name == "south reader" else self.north
        Reader.objects.filter(user=user).update(branch=branch)
        return user

    def give(self, name, role):
        self.people[name].groups.add(Group.objects.get(name=role))

    # --- One step -----------------------------------------------------------------

    def act(self, actor, step):
        """Do it as the actor, if they may sign in; then see who has grown."""
        type(self).steps += 1
        user = User.objects.filter(pk=self.people[actor].pk).first()
        if user is None or not (user.is_active and user.is_staff):
            return
        before = holdings()
        root = User.objects.filter(is_superuser=True).values().get()
        client = Client()
        client.force_login(user)
        step(client)
        after = holdings()
        assert User.objects.filter(is_superuser=True).values().get() == root
        grown = {
            key: held - before.get(key, set()) - before[user.pk]
            for key, held in after.items()
        }
        assert not any(grown.values()), grown
        # Nobody's own hand gave them anything.
        assert after.get(user.pk, set()) <= before[user.pk]

    def open_form(self, client, name, *args):
        page = client.get(reverse(f"admin:{name}", args=args))
        context = page.context or {}
        return page if page.status_code == 200 and "adminform" in context else None

    @rule(
        actor=actors, who=accounts, roles=roles, rights=rights, staff=flags, top=flags
    )
    def change_a_person(self, actor, who, roles, rights, staff, top):
        def step(client):
            key = self.people[who].pk
            if page := self.open_form(client, "accounts_user_change", key):
                address = reverse("admin:accounts_user_change", args=[key])
                client.post(address, self.rights_form(page, roles, rights, staff, top))

        self.act(actor, step)

    @rule(actor=actors, roles=roles, rights=rights, staff=flags, top=flags)
    def add_a_person(self, actor, roles, rights, staff, top):
        def step(client):
            if page := self.open_form(client, "accounts_user_add"):
                data = self.rights_form(page, roles, rights, staff, top)
                data |= {"username": "somebody.new", "access": "none"}
                client.post(reverse("admin:accounts_user_add"), data)

        self.act(actor, step)

    def rights_form(self, page, roles, rights, staff, top):
        """The page's form with boxes that it may not have offered."""
        data = posted(page, first_name="Changed", change_reason="More")
        data |= {
            "groups": self.role_keys(roles),
            "user_permissions": self.right_keys(rights),
        }
        for name, is_set in (("is_staff", staff), ("is_superuser", top)):
            if is_set:
                data[name] = "on"
        return data

    def role_keys(self, names):
        return list(Group.objects.filter(name__in=names).values_list("pk", flat=True))

    def right_keys(self, names):
        found = Permission.objects.filter(codename__in=names)
        return list(found.values_list("pk", flat=True))

    @rule(
        actor=actors,
        role=st.sampled_from(ROLES),
        rights=rights,
        limited=flags,
        to=branches,
    )
    def change_a_role(self, actor, role, rights, limited, to):
        def step(client):
            found = Group.objects.filter(name=role).first()
            args = [found.pk] if found else []
            name = "auth_group_change" if found else "auth_group_add"
            if page := self.open_form(client, name, *args):
                data = posted(page, name=role, change_reason="More")
                data |= {"permissions": self.right_keys(rights)}
                data.pop("is_limited", None)
                if limited:
                    found = Branch.objects.filter(code__in=to)
                    data |= {
                        "is_limited": "on",
                        "branches": list(found.values_list("pk", flat=True)),
                    }
                client.post(reverse(f"admin:{name}", args=args), data)

        self.act(actor, step)

    @rule(actor=actors, what=st.sampled_from(["role", "person"]), who=accounts)
    def delete(self, actor, what, who):
        def step(client):
            targets = {
                "role": ("auth_group", self.desk.pk),
                "person": ("accounts_user", self.people[who].pk),
            }
            page, key = targets[what]
            address = reverse(f"admin:{page}_delete", args=[key])
            client.post(address, {"post": "yes", "change_reason": "Gone"})

        self.act(actor, step)

    @rule(
        actor=actors, who=accounts, action=st.sampled_from(["activate", "deactivate"])
    )
    def switch(self, actor, who, action):
        def step(client):
            data = {
                "action": action,
                "_selected_action": self.people[who].pk,
                "confirm": "1",
            }
            client.post(reverse("admin:accounts_user_changelist"), data)

        self.act(actor, step)

    @rule(actor=actors, who=accounts, column=st.sampled_from(["is_staff", "roles"]))
    def bring_in(self, actor, who, column):
        def step(client):
            if client.get(reverse("admin:accounts_user_import")).status_code == 200:
                name = self.people[who].username
                cells = f"username,{column},first_name\n{name},1,X\n"
                import_people(client, cells, rows="good")

        self.act(actor, step)

    @rule(actor=actors, who=accounts, number=st.integers(0, 5), taken=roles)
    def go_back(self, actor, who, number, taken):
        """To a version in which somebody held what has been taken from them since."""

        def step(client):
            person = User.objects.filter(pk=self.people[who].pk).first()
            if person is None:
                return
            earlier = self.role_keys(taken)
            kept = list(person.groups.values_list("pk", flat=True))
            person.groups.set({*kept, *earlier})
            person.groups.set(kept)
            rows = list(person.history.order_by("history_id"))
            row = rows[number % len(rows)]
            args = [person.pk, "user", row.history_id]
            address = reverse("admin:accounts_user_revert", args=args)
            client.post(address, {"change_reason": "Back"} | seen_plan(client, address))

        self.act(actor, step)


def test_no_accounts_rights_exceed_what_those_who_touched_it_held(figure):
    Staff.steps = 0
    wanted = size("steps of the rights machine")
    run_state_machine_as_test(
        Staff,
        settings=settings(
            # Some runs end before their last step.
            max_examples=max(wanted * 5 // STEPS_OF_A_RUN // 4, 1),
            stateful_step_count=min(STEPS_OF_A_RUN, wanted),
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    figure("steps", Staff.steps)
