"""Sealed change sets: whatever is done to them behind the guard's back is named."""

import hashlib
import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import (
    IntegrityError,
    OperationalError,
    connection,
    transaction,
)
from django.utils import timezone

from accounts.models import User
from portal.history import guard
from portal.history import seal as sealing
from portal.history.canonical import content_digests
from portal.history.verify import verify
from portal.management.commands import seal_history
from portal.models import ChangeSet, Seal, SealScope
from readers.models import Branch, Reader

pytestmark = pytest.mark.django_db

CHANGED = ("portal.ChangeSet", "was changed after it was sealed")
REMOVED = ("portal.ChangeSet", "was removed after it was sealed")
PAST = ("portal.ChangeSet", "was put into the past")
MISSING = ("portal.Seal", "is missing")
BROKEN = ("portal.Seal", "does not follow from the one before")
OTHER_HEAD = ("portal.Seal", "differs from the head that was kept")


@pytest.fixture
def behind():
    """The guard taken down, as whoever owns the database can."""
    guard.remove(connection)
    yield
    guard.install(connection)


@pytest.fixture
def branches():
    """Five branches, each made in a change set of its own, and all sealed."""
    made = [Branch.objects.create(code=f"B{n}", name=f"Branch {n}") for n in range(5)]
    sealing.seal_all()
    return made


def found(**options):
    """What is wrong with the chain, beside what is incomplete."""
    return {
        (finding.about, finding.problem): finding.keys
        for finding in verify(**options)
        if finding.about == "portal.Seal" or " was " in f" {finding.problem}"
    }


def change_set_of(branch):
    return branch.history.get().change_set


# --- What is found ----------------------------------------------------------------


def test_untouched_history_has_no_findings(branches):
    assert verify() == []


@pytest.mark.breaks_history("edits history, as somebody behind its back")
@pytest.mark.parametrize(
    "values", [{"name": "Else"}, {"history_type": "~"}, {"relations": {"x": []}}]
)
def test_edited_row_is_found_and_its_change_set_named(branches, behind, values):
    made = change_set_of(branches[2])
    branches[2].history.update(**values)

    assert found() == {CHANGED: [made.pk]}


@pytest.mark.parametrize(
    "values",
    [{"reason": "Else"}, {"actor_name": "else"}, {"actor_id": 5}, {"kind": "import"}],
)
def test_edited_change_set_is_found_and_named(branches, behind, values):
    made = change_set_of(branches[0])
    ChangeSet.objects.filter(pk=made.pk).update(**values)

    assert found() == {CHANGED: [made.pk]}


@pytest.mark.breaks_history("edits history, as somebody behind its back")
@pytest.mark.parametrize(
    "values", [{"phone": "+4930901821"}, {"notes": "Two!"}, {"birth_date": None}]
)
def test_edit_of_any_kind_of_field_is_found(reader_user, behind, values):
    reader = reader_user.reader
    reader.phone, reader.notes = "+4930901820", "Two"
    reader.birth_date = "1990-05-06"
    reader.save()
    sealing.seal_all()
    assert found() == {}
    row = reader.history.first()
    Reader.history.filter(pk=row.pk).update(**values)

    assert found() == {CHANGED: [row.change_set_id]}


@pytest.mark.breaks_history("edits history, as somebody behind its back")
def test_row_taken_out_or_put_in_is_found(branches, behind):
    first, second = change_set_of(branches[1]), change_set_of(branches[3])
    branches[1].history.get().delete()
    row = branches[3].history.get()
    row.pk = None
    row.save()

    assert found() == {CHANGED: [first.pk, second.pk]}


@pytest.mark.breaks_history("edits history, as somebody behind its back")
def test_removed_change_set_is_found_and_named(branches, behind):
    made = change_set_of(branches[2])
    made.counts.all().delete()
    branches[2].history.all().delete()
    ChangeSet.objects.filter(pk=made.pk)._raw_delete("default")

    try:
        assert found() == {REMOVED: [made.pk]}
    finally:
        # Foreign keys are checked when the test ends.
        Seal.objects.all().delete()


@pytest.mark.breaks_history("edits history, as somebody behind its back")
def test_removed_with_its_seal_is_found_by_the_gap(branches, behind):
    made = change_set_of(branches[2])
    position = made.seal.position
    Seal.objects.filter(position=position).delete()
    made.counts.all().delete()
    branches[2].history.all().delete()
    made.delete()

    assert found() == {MISSING: [position]}


@pytest.mark.breaks_history("edits history, as somebody behind its back")
def test_seal_made_anew_for_an_edit_breaks_the_chain(branches, behind):
    made = change_set_of(branches[1])
    branches[1].history.update(name="Else")
    seal = made.seal
    [(_pk, seal.content)] = content_digests([made.pk], seal.scope)
    before = Seal.objects.get(position=seal.position - 1)
    seal.digest = sealing.link(seal.position, before.digest, seal.content)
    seal.save()

    assert found() == {BROKEN: [seal.position + 1]}


@pytest.mark.parametrize("is_sealed", [True, False])
def test_change_set_put_into_the_past_is_found(branches, behind, is_sealed):
    last = ChangeSet.objects.latest("pk")
    ChangeSet.objects.create(pk=last.pk + 2, kind="form", finished_at=timezone.now())
    sealing.seal_all()
    long_ago = last.finished_at - timedelta(days=1)
    put_in = ChangeSet.objects.create(pk=last.pk + 1, kind="form", finished_at=long_ago)
    if is_sealed:
        sealing.seal_all()

    assert found() == {PAST: [put_in.pk]}


def test_late_commit_of_an_earlier_number_is_no_finding(branches, behind):
    made = change_set_of(branches[0])
    Seal.objects.all().delete()
    sealing._seal(sealing.unsealed().exclude(pk=made.pk))
    assert found() == {}

    assert sealing.seal_new() == 1

    assert found() == {}
    assert sealing.head().change_set == made


@pytest.mark.breaks_history("edits history, as somebody behind its back")
def test_cut_end_is_found_by_a_head_that_was_kept(branches, behind):
    kept = str(sealing.head())
    assert found(expected_head=kept) == {}
    Seal.objects.filter(position__gt=2).delete()
    sealing.seal_all()
    assert found(expected_head=kept) == {}, "sealed again, it is the same chain"

    branches[4].history.update(name="Else")
    Seal.objects.filter(position__gt=2).delete()
    sealing.seal_all()

    assert found() == {}
    assert found(expected_head=kept) == {OTHER_HEAD: [kept]}


def test_seal_whose_scope_was_edited_is_found(branches, behind):
    fields = SealScope.objects.get().fields
    fields["readers.HistoricalBranch"].remove("name")
    SealScope.objects.update(fields=fields)

    assert len(found()[CHANGED]) == Seal.objects.count()


def test_field_that_is_gone_is_said_by_name(branches, behind):
    fields = SealScope.objects.get().fields
    fields["readers.HistoricalBranch"].append("colour")
    SealScope.objects.update(fields=fields)

    [finding] = verify()
    assert "readers.HistoricalBranch.colour is gone" in finding.problem
    assert finding.count == Seal.objects.count()


# --- Sealing ------------------------------------------------------------------------


def test_everything_finished_is_sealed_once_and_in_order(branches):
    Branch.objects.create(code="NEW", name="New")

    assert (sealing.seal_all(), sealing.seal_all()) == (1, 0)
    order = Seal.objects.order_by("position").values_list("change_set_id", flat=True)
    assert list(order) == list(
        ChangeSet.objects.order_by("pk").values_list("pk", flat=True)
    )


def test_unfinished_change_set_is_not_sealed(branches):
    ChangeSet.objects.create(kind="import")

    assert sealing.seal_all() == 0


def test_another_who_seals_meanwhile_leaves_the_rest(branches, monkeypatch):
    """The other one comes between the reading and the lock."""
    Branch.objects.create(code="NEW", name="New")
    lock = sealing._lock_chain

    def other_first():
        monkeypatch.setattr(sealing, "_lock_chain", lock)
        assert sealing.seal_all() == 1

    monkeypatch.setattr(sealing, "_lock_chain", other_first)

    assert sealing.seal_all() == 0
    assert verify() == []


def test_chain_is_the_same_in_batches_of_any_size(branches, behind, monkeypatch):
    whole = str(sealing.head())
    Seal.objects.all().delete()
    monkeypatch.setattr(sealing, "BATCH", 2)
    sealing.seal_all()

    assert str(sealing.head()) == whole


def test_new_field_opens_a_new_scope_and_keeps_old_seals(branches, monkeypatch):
    less = sealing.current_fields()
    less["readers.HistoricalBranch"].remove("name")
    monkeypatch.setattr(sealing, "current_fields", lambda: less)
    Branch.objects.create(code="LESS", name="Less")
    sealing.seal_all()
    monkeypatch.undo()
    Branch.objects.create(code="MORE", name="More")
    sealing.seal_all()

    assert SealScope.objects.count() == 3
    assert verify() == []


def test_digest_is_over_the_documented_lines(db):
    """Written out by hand: a change of the form would break every old chain."""
    branch = Branch.objects.create(code="A", name="Ä")
    made = change_set_of(branch)
    scope = SealScope(
        fields={
            "portal.ChangeSet": ["id", "kind", "finished_at"],
            "readers.HistoricalBranch": ["code", "name", "relations"],
        }
    )
    at = made.finished_at.strftime("%Y-%m-%dT%H:%M:%S.")
    at += f"{made.finished_at.microsecond // 1000:03}+00:00"
    lines = (
        '{"portal.ChangeSet":["id","kind","finished_at"],'
        '"readers.HistoricalBranch":["code","name","relations"]}\n'
        f'["portal.ChangeSet",[{made.pk},"system","{at}"]]\n'
        '["readers.HistoricalBranch",["A","\\u00c4",{}]]\n'
    )

    assert dict(content_digests([made.pk], scope)) == {
        made.pk: hashlib.sha256(lines.encode()).hexdigest()
    }


def test_seals_are_append_only(branches):
    with pytest.raises(IntegrityError, match="refuses"), transaction.atomic():
        Seal.objects.update(content="x")
    with pytest.raises(IntegrityError, match="refuses"), transaction.atomic():
        Seal.objects.all().delete()


def test_number_of_statements_does_not_grow_with_the_rows(
    django_assert_num_queries, branches
):
    users = [User(username=f"p{n}") for n in range(30)]
    User.objects.bulk_create(users)

    lock = connection.vendor == "postgresql"
    with django_assert_num_queries(17 + lock):
        sealing.seal_all()


# --- The commands -------------------------------------------------------------------


def run(name, *arguments, **options):
    out = StringIO()
    call_command(name, *arguments, stdout=out, **options)
    return out.getvalue().strip()


def test_command_seals_and_says_the_head(branches):
    Branch.objects.create(code="NEW", name="New")

    said = run("seal_history")

    assert said == f"Sealed: 1. The head is {sealing.head()}."
    assert run("seal_history", head=True) == str(sealing.head())


def test_head_of_no_chain_is_empty(db):
    assert run("seal_history", head=True) == ""


def test_verify_command_names_the_edited_change_set(branches, behind):
    made = change_set_of(branches[2])
    ChangeSet.objects.filter(pk=made.pk).update(reason="Else")
    out = StringIO()

    with pytest.raises(SystemExit):
        call_command("verify_history", json=True, stdout=out)

    assert json.loads(out.getvalue())["findings"] == [
        {"problem": CHANGED[1], "about": CHANGED[0], "count": 1, "keys": [made.pk]}
    ]


def test_watching_outlives_a_busy_database(branches, monkeypatch, caplog):
    tries = iter([OperationalError("database is locked"), None])

    def seal():
        if error := next(tries):
            raise error
        return 0

    pauses = []

    def sleep(seconds):
        pauses.append(seconds)
        if len(pauses) == 2:
            raise KeyboardInterrupt

    monkeypatch.setattr(seal_history, "seal_all", seal)
    monkeypatch.setattr(seal_history.time, "sleep", sleep)
    monkeypatch.setattr(seal_history, "close_old_connections", lambda: None)

    run("seal_history", watch=3)

    assert pauses == [3, 3]
    assert "not sealed this time: database is locked" in caplog.text
