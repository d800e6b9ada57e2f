"""Retention: old versions go by rule, and history still proves itself."""

from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from django.utils import timezone

from portal.history import guard
from portal.history.acts import change_set
from portal.history.redaction import prune, redacting
from portal.history.seal import seal_all
from portal.history.verify import verify
from portal.models import ChangeSet, Redaction, Seal
from readers.models import Branch

pytestmark = pytest.mark.django_db

NOW = timezone.now()
LAST_YEAR = NOW - timedelta(days=365)
RULE = "Two months are kept."


@pytest.fixture
def branch():
    """Written once a year, and once more this week."""
    branch = Branch(code="MAIN")
    for years in (3, 2, 1, 0):
        branch.name = f"{years} years ago"
        with change_set(at=NOW - timedelta(days=365 * years + 1)):
            branch.save()
    return branch


@pytest.fixture
def gone():
    """Made and deleted years ago."""
    with change_set(at=NOW - timedelta(days=900)):
        branch = Branch.objects.create(code="GONE", name="Gone")
    with change_set(at=NOW - timedelta(days=800)):
        branch.delete()
    return branch


def names():
    rows = Branch.history.filter(code="MAIN").order_by("history_id")
    return list(rows.values_list("name", flat=True))


def run(*arguments):
    out = StringIO()
    call_command("prune_history", *arguments, stdout=out)
    return out.getvalue()


# --- Refusals ---------------------------------------------------------------------


def test_nothing_is_written_without_commit(branch):
    before = ChangeSet.objects.count()

    said = run("--before", f"{LAST_YEAR + timedelta(days=1):%Y-%m-%d}")

    assert "2 of branches" in said and "Nothing written" in said
    assert len(names()) == 4
    assert (ChangeSet.objects.count(), Seal.objects.count()) == (before, 0)


def test_writing_needs_a_reason(branch):
    with pytest.raises(CommandError, match="--reason"):
        run("--before", "2020-01-01", "--commit")


def test_day_to_come_is_refused(branch):
    with pytest.raises(CommandError, match="not over yet"):
        run("--before", f"{timezone.localdate() + timedelta(days=1)}")


def test_failure_leaves_everything_as_it_was(branch):
    with (
        pytest.raises(ZeroDivisionError),
        redacting(origin="test", subject="x", reason=RULE),
    ):
        Branch.history.all().delete()
        raise ZeroDivisionError

    assert len(names()) == 4
    assert not ChangeSet.objects.filter(origin="test").exists()
    assert guard.missing(connection) == []


# --- What goes, what stays ----------------------------------------------------------


def test_version_that_was_in_force_stays(branch):
    prune(LAST_YEAR, reason=RULE)

    assert names() == ["1 years ago", "0 years ago"]


def test_object_that_was_gone_goes_whole(gone):
    assert prune(LAST_YEAR, reason=RULE) == 2

    assert not Branch.history.filter(code="GONE").exists()


def test_pruning_is_a_change_set_and_history_still_verifies(branch, gone):
    seal_all()

    said = run("--before", f"{LAST_YEAR:%Y-%m-%d}", "--commit", "--reason", RULE)

    act = ChangeSet.objects.get(origin="prune_history")
    assert "Versions dropped: 4" in said
    assert act.subject == f"History before {LAST_YEAR:%Y-%m-%d}"
    assert (act.kind, act.reason) == (ChangeSet.Kind.COMMAND, RULE)
    assert act.seal
    assert set(Redaction.objects.values_list("by", flat=True)) == {act.pk}
    assert verify() == []


def test_pruning_again_finds_nothing_more(branch):
    prune(LAST_YEAR, reason=RULE)

    assert prune(LAST_YEAR, reason=RULE) == 0
    assert ChangeSet.objects.filter(origin="prune_history").count() == 1
    assert verify() == []


# --- What pruning must not hide -----------------------------------------------------


@pytest.fixture
def pruned(branch):
    prune(LAST_YEAR, reason=RULE)
    guard.remove(connection)
    yield Redaction.objects.latest("pk").change_set
    guard.install(connection)


def changed():
    problem = "was changed after it was sealed"
    return [key for found in verify() if found.problem == problem for key in found.keys]


def test_edit_of_what_is_left_is_found(pruned):
    ChangeSet.objects.filter(pk=pruned.pk).update(actor_name="else")

    assert changed() == [pruned.pk]


def test_edit_covered_by_a_forged_redaction_is_found(pruned):
    act = ChangeSet.objects.get(origin="prune_history")
    ChangeSet.objects.filter(pk=pruned.pk).update(actor_name="else")
    row = Redaction.objects.get(change_set=pruned)
    Redaction.objects.create(change_set=pruned, by=act, content=row.content)

    assert changed() == [pruned.pk, act.pk]


@pytest.mark.breaks_history("takes away the word that history was pruned")
def test_removal_of_a_redaction_is_found(pruned):
    act = ChangeSet.objects.get(origin="prune_history")
    Redaction.objects.filter(change_set=pruned).delete()

    assert changed() == [pruned.pk, act.pk]
