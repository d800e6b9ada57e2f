"""Whatever was done, in whatever order it is taken back: nothing else changes.

Acts of random edits, and reverts of any of them, are played against a model of what
each must do; at the end all of them, the reverts too, are taken back newest first.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from portal.history.acts import change_set
from portal.history.revert import plan_source
from portal.history.sources import Source
from portal.history.steps import Plan, RevertRefused
from portal.history.verify import verify
from portal.history.writing import carry_out
from portal.models import ChangeSet
from readers.models import Reader
from tests.portal.random_edits import State, edit, edits, state

pytestmark = pytest.mark.django_db


def revert(plan: Plan, made: ChangeSet) -> ChangeSet | None:
    return carry_out(
        plan, kind="revert", actor=None, reason="Test", subject="", reverts=made
    )


def settled(made: ChangeSet) -> Plan:
    plan = plan_source(Source.of(made))
    plan.settle()
    return plan


def key_of(item: Any) -> tuple[str, Any]:
    return item.model._meta.label, item.pk


class Acts(RuleBasedStateMachine):
    """`done` are the change sets, each with the states before it and after it."""

    def __init__(self) -> None:
        super().__init__()
        self.done: list[tuple[ChangeSet, State, State]] = []
        self.transaction = transaction.atomic()
        self.transaction.__enter__()
        self.is_sound = True

    @contextmanager
    def step(self) -> Iterator[State]:
        """Whatever fails inside must not fail once more when all is taken back."""
        self.is_sound = False
        yield state()
        self.is_sound = True

    @rule(some=st.lists(edits, min_size=1, max_size=4))
    def act(self, some: list[tuple[str, int, int]]) -> None:
        with self.step() as before:
            with change_set() as act:
                for one in some:
                    edit(*one)
            assert (act.recorded is None) == (state() == before)
            self.note(act.recorded, before)

    @precondition(lambda self: self.done)
    @rule(data=st.data())
    def take_back_any(self, data: st.DataObject) -> None:
        """What is as the act left it goes back to before; everything else stays."""
        made, before_it, after_it = data.draw(st.sampled_from(self.done), label="act")
        with self.step() as before:
            plan = settled(made)
            wanted = {**before}
            for key in map(key_of, plan.ready):
                assert before.get(key) == after_it.get(key)
                wanted.pop(key, None)
                if key in before_it:
                    wanted[key] = before_it[key]
            for kept in plan.kept:
                is_same = before.get(key_of(kept)) == after_it.get(key_of(kept))
                assert is_same == bool(kept.because)
            try:
                self.note(revert(plan, made), before)
            except RevertRefused:
                wanted = before
            assert state() == wanted

    def note(self, made: ChangeSet | None, before: State) -> None:
        if made is not None:
            self.done.append((made, before, state()))

    @invariant()
    def history_holds(self) -> None:
        assert verify() == []

    def teardown(self) -> None:
        try:
            if self.is_sound:
                self.take_all_back()
        finally:
            transaction.set_rollback(True)
            self.transaction.__exit__(None, None, None)

    def take_all_back(self) -> None:
        for made, before, _after in reversed(self.done):
            plan = settled(made)
            assert plan.is_whole, [step.problems for step in plan.blocked]
            revert(plan, made)
            assert state() == before
        assert verify() == []


def test_acts_taken_back_in_any_order_change_nothing_else(reader_user, branch):
    Reader.objects.filter(user=reader_user).update(branch=branch)
    run_state_machine_as_test(
        Acts,
        settings=settings(
            max_examples=15,
            stateful_step_count=6,
            # The acts are short as they are, and each try writes to the database.
            phases=[Phase.explicit, Phase.reuse, Phase.generate],
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
