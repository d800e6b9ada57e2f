"""What rows have against each other, and other people against them.

Found by the database for a whole file, however many rows it has: a name, an address or
a card that two would have, a person who stands twice. It may be asked again at any
time: what was found before is taken back first.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.db import connection
from django.utils.translation import gettext as _

from accounts.imports.checking import BITS
from accounts.imports.columns import KEY
from accounts.imports.reaching import names_for
from accounts.imports.sql import (
    READERS,
    ROWS,
    USERS,
    WRITTEN,
    execute,
    fetch,
    key_of,
    value,
)
from portal.models import ImportJob, Outcome
from portal.sheets.problems import quote

# What one person alone may have, as the database compares it, and where people have it.
UNIQUE = {
    KEY: ("LOWER({}.username)", "u"),
    "email": ("LOWER({}.email)", "u"),
    "card_number": ("{}.card_number", "p"),
}

type Found = dict[int, dict[str, list[str]]]


def find_clashes(job: ImportJob) -> None:
    """Look for all of them anew, and keep them with the rows."""
    _forget(job)
    found: Found = {}
    for row, column, text in (*_repeated_people(job), *_repeated_values(job)):
        found.setdefault(row, {}).setdefault(column, [text])
    _keep(found)
    # A row in error gives nothing up, so what was free may not be any more.
    while found := _taken(job):
        _keep(found)
    _keep_remarks({**dict(_like_others(job)), **dict(_like_rows(job))})


def _forget(job: ImportJob) -> None:
    execute(
        f"""UPDATE {ROWS} SET clashes = NULL, outcome = CASE
            WHEN messages IS NOT NULL THEN outcome
            WHEN "values" IS NULL THEN '{Outcome.UNCHANGED.value}'
            WHEN person_id IS NULL THEN '{Outcome.CREATE.value}'
            ELSE '{Outcome.UPDATE.value}' END
        WHERE job_id = %s AND clashes IS NOT NULL""",
        [key_of(job)],
    )
    execute(
        f"""UPDATE {ROWS} SET remarks = NULL
        WHERE job_id = %s AND remarks IS NOT NULL""",
        [key_of(job)],
    )


def _repeated(job: ImportJob, key: str, shown: str) -> list[tuple[Any, ...]]:
    """(row, number of the first with this key, its name, what both have)."""
    those = f"""FROM {ROWS} r WHERE r.job_id = %s AND NOT r.is_left_out
        AND r.outcome <> '{Outcome.SKIP.value}' AND {key} IS NOT NULL"""
    # Nearly always there is none, and to see that takes a third of the time.
    if not fetch(
        f"SELECT 1 {those} GROUP BY {key} HAVING COUNT(*) > 1 LIMIT 1", [key_of(job)]
    ):
        return []
    return fetch(
        f"""SELECT id, first, name, shown FROM (
            SELECT r.id, r.number, {shown} AS shown,
                MIN(r.number) OVER same AS first,
                FIRST_VALUE(r.username) OVER same AS name
            {those} WINDOW same AS (PARTITION BY {key} ORDER BY r.number)
        ) each_row WHERE number > first""",
        [key_of(job)],
    )


def _repeated_people(job: ImportJob) -> Iterator[tuple[int, str, str]]:
    text = _("This person stands in row %s already. Keep one of the rows.")
    for key in ("r.person_id", "NULLIF(LOWER(r.username), '')"):
        for row, first, _name, _shown in _repeated(job, key, "''"):
            yield row, KEY, text % f"{first:,}"


def _repeated_values(job: ImportJob) -> Iterator[tuple[int, str, str]]:
    for column in ("email", "card_number"):
        key = UNIQUE[column][0].format("r")
        for row, first, name, shown in _repeated(
            job, f"NULLIF({key}, '')", f"r.{column}"
        ):
            yield (
                row,
                column,
                _("%(value)s stands in row %(row)s already, for %(name)s.")
                % {
                    "value": quote(shown),
                    "row": f"{first:,}",
                    "name": name,
                },
            )


def _taken(job: ImportJob) -> Found:
    """Rows that would take what somebody has, and does not give up in this file."""
    found: Found = {}
    for column in UNIQUE:
        taken = fetch(taken_by_others(column), [key_of(job)] * 2)
        names = names_for(job.owner, (holder for _row, _shown, holder in taken))
        for row, shown, holder in taken:
            found.setdefault(row, {})[column] = [_already(shown, names.get(holder))]
    return found


def _already(value: str, name: str | None) -> str:
    """Somebody whom the importer may not see is not named."""
    if name is None:
        return _("%s is somebody's already.") % quote(value)
    told = {"value": quote(value), "name": name}
    return _("%(value)s is already that of %(name)s.") % told


def taken_by_others(column: str) -> str:
    """SQL: (row, value, key of who has it) for the rows of a job, given twice."""
    key, where = UNIQUE[column]
    bit = BITS[column]
    theirs = key.format(where)
    reader = f"JOIN {READERS} p ON p.user_id = u.id" if where == "p" else ""
    holders = (
        f"{READERS} p JOIN {USERS} u ON u.id = p.user_id" if reader else f"{USERS} u"
    )
    filled = "" if column == KEY else f"AND NOT ({where}.{column} = '')"
    return f"""SELECT r.id, r.{column}, u.id FROM {ROWS} r
        CROSS JOIN {holders}
        LEFT JOIN (
            SELECT r.person_id, {key.format("r")} AS key FROM {ROWS} r
            WHERE {WRITTEN} AND r.person_id IS NOT NULL AND r.fields & {bit} <> 0
        ) giver ON giver.person_id = u.id AND giver.key <> {theirs}
        WHERE {WRITTEN} AND r.fields & {bit} <> 0 AND r.{column} <> ''
            AND {theirs} = {key.format("r")} {filled}
            AND (r.person_id IS NULL OR r.person_id <> u.id)
            AND giver.person_id IS NULL"""


def _like_rows(job: ImportJob) -> Iterator[tuple[int, list[str]]]:
    text = _("This may be the person of row %(row)s, %(name)s: born the same day.")
    for row, first, name, _shown in _repeated(job, "NULLIF(r.likeness, '')", "''"):
        yield row, [text % {"row": f"{first:,}", "name": name}]


def _like_others(job: ImportJob) -> Iterator[tuple[int, list[str]]]:
    text = _("This may be %s, who exists already: the same name, born the same day.")
    like = fetch(
        f"""SELECT r.id, MIN(u.id) FROM {ROWS} r
        JOIN {READERS} p ON p.birth_date = {_as_date(value("birth_date"))}
        JOIN {USERS} u ON u.id = p.user_id
            AND LOWER(u.last_name) = LOWER({value("last_name")})
            AND LOWER(u.first_name) = LOWER({value("first_name")})
        WHERE {WRITTEN} AND r.person_id IS NULL AND r.likeness <> ''
        GROUP BY r.id""",
        [key_of(job)],
    )
    names = names_for(job.owner, (holder for _row, holder in like))
    for row, holder in like:
        if holder in names:
            yield row, [text % names[holder]]


def _as_date(text: str) -> str:
    return f"({text})" if connection.vendor == "sqlite" else f"CAST({text} AS date)"


def _keep(found: Found) -> None:
    _update(
        f"""UPDATE {ROWS} SET clashes = %s, outcome = '{Outcome.ERROR.value}',
            fields = fields | %s WHERE id = %s""",
        (
            (_json(by_column), sum(BITS[column] for column in by_column), row)
            for row, by_column in found.items()
        ),
    )


def _keep_remarks(found: dict[int, list[str]]) -> None:
    _update(
        f"UPDATE {ROWS} SET remarks = %s WHERE id = %s",
        ((_json(texts), row) for row, texts in found.items()),
    )


def _json(data: Any) -> str:
    return json.dumps(data, ensure_ascii=False)


def _update(statement: str, parameters: Iterable[tuple[Any, ...]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(statement, list(parameters))
