"""Long lists of invented people, for trying imports: row by row, the same by seed.

Nothing depends on today, and nothing is kept of a row, however many there are.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from typing import Any

from stdnum import damm

from accounts.demo.names import NAME_LISTS
from accounts.demo.people import (
    A_YEAR,
    NOTES,
    WITH_BIRTH_DATE,
    WITH_EMAIL,
    WITH_NOTES,
    WITH_PHONE,
    phone,
)
from readers.cards import DIGITS, PREFIX

# Nobody joined before being born.
BORN, BORN_DAYS = date(1935, 1, 1), 28_000
JOINED, JOINED_DAYS = date(2015, 1, 1), 4_000
WITH_EXPIRY, INACTIVE = 94, 4
MOST_YEARS = 15
# Coprime to the count of numbers, so that each comes up once.
STRIDE = 61_803_399

type Row = dict[str, str]


@dataclass(frozen=True)
class Recipe:
    """`errors` and `updates` are shares of the rows, from 0 to 1.

    `known` gives the rows of people who are there, as an export would.
    """

    seed: int
    branches: Sequence[str] = ()
    categories: Sequence[str] = ()
    errors: float = 0
    updates: float = 0
    known: Iterator[Row] = field(default_factory=lambda: iter(()))


def rows(recipe: Recipe, count: int) -> Iterator[Row]:
    """Column → text. With more updates than there are known people, the others are
    new."""
    rng = Random(recipe.seed)  # nosec B311: invented people, no secrets
    for number in range(count):
        known = next(recipe.known, None) if rng.random() < recipe.updates else None
        row = _changed(rng, known) if known else _new(rng, recipe, number)
        if rng.random() < recipe.errors:
            rng.choice(MISTAKES)(row)
        yield row


def _new(rng: Random, recipe: Recipe, number: int) -> Row:
    names = rng.choice(NAME_LISTS)
    given, family = rng.choice(names.given), rng.choice(names.family)
    username = f"{given.latin}.{family.latin}.{recipe.seed}.{number}"
    joined = JOINED + timedelta(days=rng.randrange(JOINED_DAYS))
    born = BORN + timedelta(days=rng.randrange(BORN_DAYS))
    return {
        "username": username,
        "email": _some(rng, WITH_EMAIL, f"{username}@example.org"),
        "first_name": given.written,
        "last_name": family.written,
        "is_active": "false" if _chance(rng, INACTIVE) else "true",
        "card_number": _card_number(recipe.seed, number),
        "category": rng.choice(recipe.categories) if recipe.categories else "",
        "branch": rng.choice(recipe.branches) if recipe.branches else "",
        "phone": _some(rng, WITH_PHONE, phone(rng)),
        "birth_date": _some(rng, WITH_BIRTH_DATE, born.isoformat()),
        "joined_on": joined.isoformat(),
        "expires_on": _some(
            rng,
            WITH_EXPIRY,
            (joined + A_YEAR * rng.randint(1, MOST_YEARS)).isoformat(),
        ),
        "notes": _some(rng, WITH_NOTES, rng.choice(NOTES)),
    }


def _changed(rng: Random, row: Row) -> Row:
    """Always another: nobody's notes end so before."""
    note = f"{row['notes']}\nSeen again, no. {rng.randrange(10**6)}.".strip()
    return {**row, "phone": phone(rng), "notes": note}


def _card_number(seed: int, number: int) -> str:
    size = 10**DIGITS
    digits = f"{(seed * size // 7 + number * STRIDE) % size:0{DIGITS}}"
    return f"{PREFIX}{digits}{damm.calc_check_digit(digits)}"


def _chance(rng: Random, percent: int) -> bool:
    return rng.randrange(100) < percent


def _some(rng: Random, percent: int, text: str) -> str:
    return text if _chance(rng, percent) else ""


def _set(column: str, text: str) -> Callable[[Row], Any]:
    return lambda row: row.update({column: text})


# Each makes a sound row one that is refused.
MISTAKES = (
    _set("username", "not a name!"),
    _set("email", "post at example.org"),
    _set("card_number", "RR123456780"),
    _set("category", "Grown-ups"),
    _set("branch", "NOWHERE"),
    _set("phone", "12"),
    _set("birth_date", "31.2.1990"),
    _set("expires_on", "1999-01-01"),
)
