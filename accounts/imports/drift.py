"""Rows that cannot be written as they were reviewed, because people changed since."""

import json
from collections.abc import Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.imports.checking import BITS, WHOLE_ROW
from accounts.imports.persons import version_of
from accounts.imports.reaching import ImportReach
from accounts.imports.rights import RowRights
from accounts.imports.sql import BRANCHES, READERS, ROWS, USERS, fetch
from accounts.imports.staging import STAGE
from accounts.policy import JOINED_EARLIER
from accounts.reach import EVERYWHERE
from portal.imports.kinds import JobRefused
from portal.models import Outcome


def lock_people() -> None:
    """Let nobody change the people between the look at them and the writing.

    On SQLite nobody else writes during a transaction.
    """
    if connection.vendor != "postgresql":
        return
    for table, key in ((USERS, "id"), (READERS, "user_id")):
        fetch(
            f"""SELECT count(*) FROM (SELECT 1 FROM {table} live
            JOIN {STAGE} s ON s.person_id = live.{key} ORDER BY live.{key}
            FOR NO KEY UPDATE OF live) locked"""
        )


def find_drift(owner: Any) -> dict[int, str]:
    """Row → why it cannot be written now; raises JobRefused if none can."""
    rights = RowRights(owner)
    found: dict[int, str] = {}
    gone = _("This person was deleted after the check.")
    changed = _("This person was changed after the check; nothing was overwritten.")
    for row, is_gone in fetch(
        f"""SELECT s.row_id, u.id IS NULL FROM {STAGE} s
        JOIN {ROWS} r ON r.id = s.row_id
        LEFT JOIN {USERS} u ON u.id = s.person_id
        LEFT JOIN {READERS} p ON p.user_id = s.person_id
        WHERE s.person_id IS NOT NULL
            AND (u.id IS NULL OR r.version <> {version_of("u", "p")})"""
    ):
        found[row] = gone if is_gone else changed
    for row, person in _untouchable(rights):
        problem = rights.problem_with_person(person, is_new=False)
        if problem:
            found[row] = problem
    found |= dict(_joined_earlier(rights.reach))
    found |= dict(_out_of_reach(rights.reach))
    for is_new in (True, False):
        having = "IS NULL" if is_new else "IS NOT NULL"
        problem = rights.problem_with_person(None, is_new=is_new)
        if problem and fetch(f"SELECT 1 FROM {STAGE} WHERE person_id {having} LIMIT 1"):
            raise JobRefused(problem)
    return found


def _untouchable(rights: RowRights) -> list[tuple[int, int]]:
    people = (
        fetch(f"SELECT row_id, person_id FROM {STAGE} WHERE person_id IS NOT NULL")
        if rights.untouchable
        else []
    )
    return [(row, person) for row, person in people if person in rights.untouchable]


def _joined_earlier(reach: ImportReach) -> Iterator[tuple[int, str]]:
    """Rows that would try out a birth date which the owner may not see any more."""
    if reach.birth_dates is EVERYWHERE:
        return
    for row, branch in fetch(
        f"""SELECT s.row_id, COALESCE(b.code, '') FROM {STAGE} s
        JOIN {READERS} p ON p.user_id = s.person_id
        LEFT JOIN {BRANCHES} b ON b.id = p.branch_id
        WHERE s.fields & {BITS["joined_on"]} <> 0 AND s.joined_on < p.joined_on"""
    ):
        if reach.hides_birth_date(branch):
            yield row, str(JOINED_EARLIER)


def _out_of_reach(reach: ImportReach) -> Iterator[tuple[int, str]]:
    """Rows about people whom the owner does not reach, or would not afterwards."""
    if reach.added is EVERYWHERE and reach.changed is EVERYWHERE:
        return
    for row, person, before, given in fetch(
        f"""SELECT s.row_id, s.person_id, COALESCE(b.code, ''), CASE
            WHEN s.person_id IS NULL OR s.fields & {BITS["branch"]} <> 0
            THEN COALESCE(g.code, '') ELSE COALESCE(b.code, '') END
        FROM {STAGE} s LEFT JOIN {READERS} p ON p.user_id = s.person_id
        LEFT JOIN {BRANCHES} b ON b.id = p.branch_id
        LEFT JOIN {BRANCHES} g ON g.id = s.branch_id"""
    ):
        problem = (
            reach.problem_with_new(given)
            if person is None
            else reach.problem_with_change(before, given)
        )
        if problem:
            yield row, problem


def put_down(found: dict[int, str]) -> None:
    """Tell it with the rows, which are in error now."""
    with connection.cursor() as cursor:
        cursor.executemany(
            f"""UPDATE {ROWS} SET outcome = '{Outcome.ERROR.value}', messages = %s
            WHERE id = %s""",
            [
                (json.dumps({WHOLE_ROW: [text]}, ensure_ascii=False), row)
                for row, text in found.items()
            ],
        )
