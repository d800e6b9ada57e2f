"""Whatever was done: reverting it newest first brings the beginning back."""

from contextlib import contextmanager, suppress

import pytest
from django.contrib.auth.models import Group
from django.db import transaction
from django.db.models import ProtectedError
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from portal.history.acts import change_set
from portal.history.back import plan_point
from portal.history.revert import plan_change_set
from portal.history.snapshot import current_snapshots, tracked_models
from portal.history.writing import carry_out
from portal.models import ChangeSet
from readers.models import Branch, Reader

pytestmark = pytest.mark.django_db

edits = st.tuples(
    st.sampled_from(
        ["add", "name", "move", "remove", "role", "no role", "branch", "rename", "shut"]
    ),
    st.integers(0, 4),
    st.integers(0, 4),
)
acts = st.lists(st.lists(edits, min_size=1, max_size=4), min_size=1, max_size=6)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def state():
    """Every tracked value and relation, by the names and the ids alone."""
    return {
        (model.__name__, pk): (
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


def pick(queryset, number):
    found = list(queryset.order_by("pk"))
    return found[number % len(found)] if found else None


def edit(kind, which, other):
    person, branch = pick(User.objects.all(), which), pick(Branch.objects.all(), other)
    role = pick(Group.objects.all(), other)
    if kind == "add":
        name = f"p{which}"
        if not User.objects.filter(username=name).exists():
            User.objects.create_user(name)
    elif kind == "branch":
        if not Branch.objects.filter(code=f"B{which}").exists():
            Branch.objects.create(code=f"B{which}", name=f"Branch {which}")
    elif kind == "rename" and branch:
        Branch.objects.filter(pk=branch.pk).update(name=f"Renamed {which}")
    elif kind == "shut" and branch:
        with suppress(ProtectedError), transaction.atomic():
            branch.delete()
    elif person is None:
        return
    elif kind == "name":
        User.objects.filter(pk=person.pk).update(first_name=f"Name {other}")
    elif kind == "move":
        Reader.objects.filter(user=person).update(branch=branch)
    elif kind == "remove":
        person.delete()
    elif kind == "role":
        person.groups.add(role)
    elif kind == "no role":
        person.groups.clear()


def revert(made):
    plan = plan_change_set(made)
    plan.settle()
    assert plan.is_whole, [step.problems for step in plan.blocked]
    return carry_out(
        plan, kind="revert", actor=None, reason="Test", subject="", reverts=made
    )


short = settings(
    max_examples=25,
    # The acts are short as they are, and each try writes to the database.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@short
@given(acts=acts)
def test_reverting_newest_first_restores_the_beginning_and_again_the_end(
    acts, reader_user, branch
):
    with rolled_back():
        last = ChangeSet.objects.first().pk
        beginning = state()
        for each in acts:
            with change_set():
                for one in each:
                    edit(*one)
        end = state()
        made = list(ChangeSet.objects.filter(pk__gt=last))
        reverts = [revert(one) for one in made]

        assert state() == beginning
        for one in reversed(reverts):
            revert(one)
        assert state() == end


def of_person(states, pk):
    """The parts of a state that are about one person, by their kind."""
    reader = {
        v["user_id"]: v for (name, _pk), (v, _r) in states.items() if name == "Reader"
    }
    return {"User": states.get(("User", pk)), "Reader": reader.get(pk)}


@short
@given(acts=acts)
def test_person_goes_back_to_each_point_alone(acts, reader_user, branch):
    with rolled_back():
        points = {}
        for each in acts:
            with change_set():
                for one in each:
                    edit(*one)
            points[ChangeSet.objects.first()] = state()
        now = state()

        for person in User.objects.all():
            for point, then in points.items():
                with rolled_back():
                    left = go_back(person, point)
                    after = state()
                wanted = of_person(now if left is None else then, person.pk)
                for kind, value in of_person(after, person.pk).items():
                    # What cannot come back (a branch is gone) is as it was.
                    assert value == wanted[kind] or kind in (left or ())
                assert others(after, person.pk) == others(now, person.pk)


def go_back(person, point):
    """The kinds of objects that could not go back; None if nobody was there then."""
    plan = plan_point(person, point)
    if plan is None:
        return None
    plan.settle()
    if plan.ready:
        carry_out(plan, kind="revert", actor=None, reason="Test", subject="")
    return {step.model.__name__ for step in plan.blocked}


def others(states, pk):
    return {
        key: value
        for key, value in states.items()
        if key != ("User", pk) and value[0].get("user_id") != pk
    }
