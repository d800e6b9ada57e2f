"""Back to any point of a person: to what was then, and nobody else changes."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from portal.history.acts import change_set
from portal.history.back import plan_point
from portal.history.writing import carry_out
from portal.models import ChangeSet
from tests.portal.random_edits import edit, edits, state

pytestmark = pytest.mark.django_db

acts = st.lists(st.lists(edits, min_size=1, max_size=4), min_size=1, max_size=6)


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


short = settings(
    max_examples=25,
    # The acts are short as they are, and each try writes to the database.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def of_person(states, pk):
    """The parts of a state that are about one person, by their kind."""
    reader = {
        v["user_id"]: v
        for (name, _pk), (v, _r) in states.items()
        if name == "readers.Reader"
    }
    return {"User": states.get(("accounts.User", pk)), "Reader": reader.get(pk)}


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
        if key != ("accounts.User", pk) and value[0].get("user_id") != pk
    }
