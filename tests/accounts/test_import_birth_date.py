"""A day of joining in a file does not tell a birth date that the importer may not see.

The birth date is before the day of joining: which days are refused would tell it.
"""

from datetime import date

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from portal.models import ImportJob, Outcome
from readers.models import Reader
from tests.accounts.limited import branch_named, limit_role, person_of
from tests.import_steps import (
    check,
    checked_rows,
    confirm,
    import_people,
    newest_job,
    page_of,
    press,
    rows_of,
    text_of,
)

JOINED = date(2026, 1, 15)
# From before the birth to the day before the day of joining.
EARLIER = ["1984-03-06", "1984-03-07", "1984-03-08", "2026-01-14"]
BEFORE_BIRTH, AFTER_BIRTH = EARLIER[0], EARLIER[2]
SAID = "Only who may see birth dates"


@pytest.fixture
def anna(db):
    person = person_of("NORTH", "anna")
    dates = {"birth_date": "1984-03-07", "joined_on": JOINED, "expires_on": None}
    Reader.objects.filter(user=person).update(**dates)
    return person


@pytest.fixture
def seeing(client, importer):
    """Signed in as an importer who may see birth dates."""
    client.force_login(importer)
    return importer


@pytest.fixture
def blind(seeing):
    take_right(seeing.groups.get())
    return seeing


@pytest.fixture
def old_check(client, seeing, anna):
    """A job of which the check was made while birth dates could be seen."""
    check(client, file_of(AFTER_BIRTH))
    take_right(seeing.groups.get())
    return newest_job()


def birth_right():
    return Permission.objects.get(codename="view_birth_date")


def take_right(role):
    role.permissions.remove(birth_right())


def file_of(*days):
    return "username,joined_on\n" + "".join(f"anna,{day}\n" for day in days)


def joined(person):
    return Reader.objects.get(user=person).joined_on


def test_every_earlier_day_gets_one_answer(client, blind, anna):
    rows = checked_rows(client, file_of(*EARLIER))
    [[told]] = rows[0].messages.values()

    assert told.startswith(SAID)
    assert [row.messages for row in rows] == [{"joined_on": [told]}] * len(EARLIER)
    assert {row.outcome for row in rows} == {Outcome.ERROR}


def test_review_says_of_no_day_that_the_birth_is_after_it(client, blind, anna):
    page = text_of(check(client, file_of(*EARLIER)))

    assert SAID in page
    assert "The birth date is" not in page


@pytest.mark.parametrize("good_only", [True, False])
def test_earlier_day_is_not_written(client, blind, anna, good_only):
    import_people(client, file_of(AFTER_BIRTH), rows="good" if good_only else "all")

    assert joined(anna) == JOINED


def test_later_day_is_written(client, blind, anna):
    job = import_people(client, file_of("2026-02-01"))

    assert (job.state, job.updated_count) == (ImportJob.State.DONE, 1)
    assert joined(anna) == date(2026, 2, 1)


def test_same_day_is_no_change(client, blind, anna):
    [row] = checked_rows(client, file_of("15 January 2026"))

    assert row.outcome == Outcome.UNCHANGED


def test_expiry_is_compared_with_what_is_seen_alone(client, blind, anna):
    """A birth date of before the rules is not told by another column either."""
    Reader.objects.filter(user=anna).update(birth_date="1850-01-01")
    text = "username,expires_on\nanna,2025-01-01\n"
    [row] = checked_rows(client, text)

    assert row.messages == {
        "expires_on": ["The expiry date is before the date of joining."]
    }


def test_new_person_joins_on_any_day(client, blind):
    [row] = checked_rows(client, "username,joined_on\nnew.one,1984-03-06\n")

    assert row.outcome == Outcome.CREATE


def test_who_sees_the_birth_date_is_told_the_rule(client, seeing, anna):
    rows = checked_rows(client, file_of(BEFORE_BIRTH, AFTER_BIRTH))

    assert rows[0].messages == {
        "birth_date": ["The birth date is after the date of joining."]
    }
    assert rows[1].messages is None


def test_who_sees_the_birth_date_puts_the_day_earlier(client, seeing, anna):
    import_people(client, file_of(AFTER_BIRTH))

    assert joined(anna) == date(1984, 3, 8)


@pytest.mark.parametrize("day", EARLIER)
def test_row_put_right_by_hand_gets_the_same_answer(client, blind, anna, day):
    check(client, file_of("not a day"))
    page = press(client, page_of(newest_job(), "row", 2), {"cell-1": day})

    [row] = rows_of(newest_job())
    assert [text.split(" can")[0] for text in row.problems["joined_on"]] == [SAID]
    assert "The birth date is" not in text_of(page)


def test_right_for_one_branch_counts_for_its_people(client, blind, anna):
    role = Group.objects.create(name="Birth dates of North")
    role.permissions.add(birth_right())
    blind.groups.add(role)
    limit_role(role, branch_named("NORTH"))
    other = person_of("SOUTH", "other")
    Reader.objects.filter(user=other).update(joined_on=JOINED)
    text = file_of(AFTER_BIRTH) + f"other,{AFTER_BIRTH}\n"

    known, hidden = checked_rows(client, text)
    assert known.outcome == Outcome.UPDATE
    assert hidden.problems["joined_on"][0].startswith(SAID)


def test_earlier_day_is_refused_once_the_right_is_gone(client, old_check, anna):
    page = confirm(client, old_check)

    assert old_check.state == ImportJob.State.READY
    [row] = rows_of(old_check)
    assert row.messages[""][0].startswith(SAID)
    assert "The birth date is" not in text_of(page)
    assert joined(anna) == JOINED


def test_other_rows_are_written_once_the_right_is_gone(client, seeing, anna):
    other = person_of("NORTH", "other")
    check(client, file_of(AFTER_BIRTH) + "other,2100-01-01\n")
    take_right(seeing.groups.get())
    job = newest_job()
    confirm(client, job, "good")

    assert (job.state, job.error_count) == (ImportJob.State.DONE, 1)
    assert (joined(anna), joined(other)) == (JOINED, date(2100, 1, 1))


def test_shell_gives_the_same_answer_for_its_actor(blind, anna, tmp_path):
    path = tmp_path / "people.csv"
    path.write_text(file_of(*EARLIER))
    with pytest.raises(SystemExit):
        call_command("import_people", str(path), actor="importer")

    [messages] = {str(row.messages) for row in rows_of(newest_job())}
    assert SAID in messages
