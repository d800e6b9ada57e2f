"""Large plans: what the database sorts ends as what Python looks at one by one."""

from contextlib import contextmanager, suppress
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from accounts.models import User
from portal.admin.reverting import Order, plan_for, revert
from portal.history.acts import change_set
from portal.history.crowds.tables import Fate, made_tables
from portal.history.sources import Source
from portal.history.steps import RevertRefused
from portal.history.verify import verify
from portal.models import ChangeSet
from readers.models import Branch, Reader
from tests.portal.random_edits import edit, edits, state

pytestmark = pytest.mark.django_db


@contextmanager
def rolled_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


more_edits = st.tuples(
    st.sampled_from(["trade", "take", "flag", "card", "reader", "code"]),
    st.integers(0, 4),
    st.integers(0, 4),
)
acts = st.lists(
    st.tuples(st.booleans(), st.lists(edits | more_edits, min_size=1, max_size=4)),
    min_size=2,
    max_size=7,
)
who = st.sampled_from(["root", "manager"])


@pytest.fixture
def cast(branch, manager, root):
    """Who reverts, and where people may move."""
    return {"root": root.pk, "manager": manager.pk}


def any_edit(kind, which, other):
    """One of the shared edits, or one that crosses unique values and rights."""
    people = list(User.objects.order_by("pk"))
    one, two = people[which % len(people)], people[other % len(people)]
    if kind == "trade" and one != two:
        User.objects.filter(pk=one.pk).update(username="between")
        User.objects.filter(pk=two.pk).update(username=one.username)
        User.objects.filter(pk=one.pk).update(username=two.username)
    elif kind == "take" and not User.objects.filter(email=f"e{other}@x.org").exists():
        User.objects.filter(pk=one.pk).update(email=f"e{other}@x.org")
    elif kind == "flag" and one.username not in ("manager", "root"):
        User.objects.filter(pk=one.pk).update(is_staff=bool(other % 2))
    elif kind == "card":
        if not Reader.objects.filter(card_number=f"C{other}").exists():
            Reader.objects.filter(user=one).update(card_number=f"C{other}")
    elif kind == "code":
        if not Branch.objects.filter(code=f"B{other}").exists():
            first = Branch.objects.order_by("pk").first()
            Branch.objects.filter(pk=first and first.pk).update(code=f"B{other}")
    elif kind == "reader":
        Reader.objects.filter(user=one).delete()
    elif one.username not in ("manager", "root") or kind not in ("remove", "no role"):
        edit(kind, which, other)


def outcomes(plan):
    """Of each object that is told, and how many others there are."""
    found = {
        item.key: outcome
        for outcome in ("ready", "kept", "blocked")
        for item in plan.first(outcome, 1000)
    }
    return found, plan.unseen_count


def sorted_outcomes(user, source):
    """As crowds, with every object of each crowd told."""
    plan = plan_for(user, source)
    for crowd in plan.crowds:
        assert len(crowd.items) == (0 if crowd.outcome == "unseen" else crowd.count)
    return outcomes(plan)


def told(plan):
    """Each object with what the page says of it."""
    return {
        item.key: (outcome, item.name, item.changes, getattr(item, "because", ""))
        for outcome in ("ready", "kept", "blocked")
        for item in plan.first(outcome, 100)
    }


def carried_out(user, source):
    """The end; a Reader that is made anew has a card and an id by chance."""
    known = set(Reader.history.values_list("id", flat=True))
    with rolled_back():
        order = Order(source, user, plan_for(user, source).digest, "Test", "")
        with suppress(RevertRefused), transaction.atomic():
            revert(order)
            connection.check_constraints()
        assert verify() == []
        return dict(told_end(*each, known) for each in state().items())


def told_end(key, held, known):
    kind, pk = key
    if kind == "readers.Reader" and pk not in known:
        return ("new Reader", held[0]["user_id"]), None
    return key, held


@settings(
    max_examples=60,
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(acts=acts, which=st.integers(0, 6), is_window=st.booleans(), who=who)
def test_crowds_end_as_objects_looked_at_one_by_one(
    acts, which, is_window, who, reader_user, cast, settings
):
    with rolled_back():
        last = ChangeSet.objects.first().pk
        for is_own, some in acts:
            with (
                suppress(ProtectedError),
                transaction.atomic(),
                change_set(actor=reader_user if is_own else None),
            ):
                for one in some:
                    any_edit(*one)
        made = list(ChangeSet.objects.filter(pk__gt=last))
        if not made:
            return
        source = Source.of(made[which % len(made)])
        if is_window:
            since = timezone.now() - timedelta(hours=1)
            until = timezone.now() + timedelta(hours=1)
            source = Source.of_actor(reader_user.pk, since, until)
        user = User.objects.filter(pk=cast[who]).first()
        if user is None:
            return
        settings.REVERT_ONE_BY_ONE_ROWS = 1000
        one_by_one = outcomes(plan_for(user, source))
        told_one_by_one = told(plan_for(user, source))
        end_one_by_one = carried_out(user, source)
        settings.REVERT_ONE_BY_ONE_ROWS = -1

        assert sorted_outcomes(user, source) == one_by_one
        assert told(plan_for(user, source)) == told_one_by_one
        assert carried_out(user, source) == end_one_by_one


def test_people_and_readers_of_an_import_are_sorted_without_python(manager):
    User.objects.bulk_create(User(username=f"p{n}") for n in range(3))
    with made_tables(Source.of(ChangeSet.objects.first())) as tables:
        assert [table.pks(Fate.READY) for table in tables.values()] == [
            list(
                Reader.objects.filter(user__username__startswith="p").values_list(
                    "pk", flat=True
                )
            ),
            list(
                User.objects.filter(username__startswith="p").values_list(
                    "pk", flat=True
                )
            ),
        ]
