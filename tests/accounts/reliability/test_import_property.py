"""Any file: each row becomes what a simple model says, and undoing leaves no trace."""

from contextlib import contextmanager

import pytest
from django.db import transaction
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from accounts.models import User
from portal.admin.reverting import Order, revert
from portal.history.revert import plan_source
from portal.history.sources import Source
from portal.history.verify import verify
from tests.accounts.reliability.steps import check, commit, upload

pytestmark = pytest.mark.django_db

COLUMNS = ["username", "email", "notes"]
BAD = "not an address"
PEOPLE = {
    f"old{n}": (f"old{n}@example.org" if n else "", f"Note {n}") for n in range(4)
}

usernames = st.sampled_from([*PEOPLE, "OLD1", "new1", "new2", "New2", "šárka", ""])
emails = st.sampled_from(
    [*(f"old{n}@example.org" for n in range(1, 4)), "free@example.org", "", BAD]
)
notes = st.sampled_from(["", "Note 1", "Note 2", "שלום", "📚 =1+1", 'a, "b"; c'])
rows = st.fixed_dictionaries({"username": usernames, "email": emails, "notes": notes})
# A row of blanks is none.
files = st.lists(rows.filter(lambda row: any(row.values())), min_size=1, max_size=8)
modes = st.sampled_from(["create", "update", "both"])
blanks = st.sampled_from(["clear", "keep"])


class Row:
    """What the model says of one row."""

    def __init__(self, cells, mode, blank):
        self.key = cells["username"].lower()
        self.before = PEOPLE.get(self.key)
        self.after = list(self.before or ("", ""))
        self.outcome = self._outcome(cells, mode, blank)

    def _outcome(self, cells, mode, blank):
        if not self.key:
            return "error"
        if mode == ("update" if self.before is None else "create"):
            return "skip"
        for at, name in enumerate(COLUMNS[1:]):
            is_kept = not cells[name] and blank == "keep"
            if cells[name] != BAD and not is_kept:
                self.after[at] = cells[name]
        if cells["email"] == BAD:
            return "error"
        if self.before is None:
            return "create"
        return "unchanged" if tuple(self.after) == self.before else "update"

    @property
    def is_written(self):
        return self.outcome in {"create", "update"}

    @property
    def takes(self):
        """The address that becomes theirs, and was not."""
        was = self.before[0] if self.before else ""
        return self.after[0] if self.is_written and self.after[0] != was else ""

    def gives(self, email):
        return (
            self.is_written
            and self.before
            and email == self.before[0] != (self.after[0])
        )


def predict(file, mode, blank):
    found = [Row(cells, mode, blank) for cells in file]
    named, addresses, repeated = set(), set(), []
    for row in found:
        if row.outcome == "skip" or not row.key:
            continue
        if row.key in named or row.after[0] in addresses:
            repeated.append(row)
        named.add(row.key)
        addresses.update({row.after[0]} - {""})
    for row in repeated:
        row.outcome = "error"
    while refused := [row for row in found if row.takes and is_taken(row, found)]:
        for row in refused:
            row.outcome = "error"
    return found


def is_taken(row, found):
    """By somebody who does not give it up in this file."""
    holders = [name for name, (email, _note) in PEOPLE.items() if email == row.takes]
    return any(
        name != row.key
        and not any(other.key == name and other.gives(row.takes) for other in found)
        for name in holders
    )


def people():
    found = User.objects.exclude(username__in=["root"]).values_list(
        "username", "email", "reader__notes"
    )
    return {name.lower(): values for name, *values in found}


@contextmanager
def taken_back():
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


@pytest.fixture
def known(root):
    for name, (email, note) in PEOPLE.items():
        user = User.objects.create_user(name, email)
        user.reader.notes = note
        user.reader.save()


many = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@many
@given(file=files, mode=modes, blank=blanks)
def test_each_row_becomes_what_the_model_says(known, root, file, mode, blank):
    with taken_back():
        before = people()
        predicted = predict(file, mode, blank)
        job = check(upload(root, COLUMNS, file, mode=mode, blank=blank))

        outcomes = list(job.rows.values_list("outcome", flat=True))
        assert outcomes == [row.outcome for row in predicted]
        assert people() == before


@many
@given(file=files, mode=modes, blank=blanks, good=st.booleans())
def test_commit_does_what_the_check_promised_and_can_be_undone(
    known, root, file, mode, blank, good
):
    with taken_back():
        before = people()
        predicted = predict(file, mode, blank)
        job = check(upload(root, COLUMNS, file, mode=mode, blank=blank))
        promised = job.created_count, job.updated_count, job.error_count
        commit(job, good_rows_only=good)
        if promised[2] and not good:
            assert (job.state, people()) == ("ready", before)
            return

        after = {row.key: row.after for row in predicted if row.is_written}
        assert job.state == "done"
        assert (job.created_count, job.updated_count, job.error_count) == promised
        assert people() == before | after
        if after:
            undo(root, job.change_set)
        assert people() == before
        assert verify() == []


@many
@given(file=files, blank=blanks)
def test_good_rows_imported_again_change_nothing(known, root, file, blank):
    with taken_back():
        first = check(upload(root, COLUMNS, file, blank=blank))
        written = first.rows.exclude(outcome="error").values_list("cells", flat=True)
        rows = [dict(zip(COLUMNS, cells, strict=True)) for cells in written]
        commit(first, good_rows_only=True)
        assume(rows)
        again = check(upload(root, COLUMNS, rows, blank=blank))

        assert again.unchanged_count == len(rows)


four = st.permutations(range(4))


@many
@given(names=four, addresses=four, cards=four)
def test_people_trade_names_addresses_and_cards_in_any_way(
    root, names, addresses, cards
):
    with taken_back():
        people = [
            User.objects.create_user(f"p{n}", f"p{n}@example.org") for n in range(4)
        ]
        numbers = [person.reader.card_number for person in people]
        file = [
            {
                "card_number": numbers[n],
                "username": f"p{names[n]}",
                "email": f"p{addresses[n]}@example.org",
            }
            for n in range(4)
        ]
        job = commit(check(upload(root, list(file[0]), file, match="card_number")))
        traded = [
            {"username": f"p{names[n]}", "card_number": numbers[cards[n]]}
            for n in range(4)
        ]
        other = commit(check(upload(root, list(traded[0]), traded)))

        assert (job.state, other.state) == ("done", "done")
        for n, person in enumerate(people):
            person.refresh_from_db()
            assert person.username == f"p{names[n]}"
            assert person.email == f"p{addresses[n]}@example.org"
            assert person.reader.card_number == numbers[cards[n]]
        assert verify() == []


def undo(user, made):
    source = Source.of(made)
    revert(
        Order(
            source=source,
            user=user,
            digest=plan_source(source).digest,
            reason="By mistake",
            subject="Undo",
            reverts=made,
        )
    )
