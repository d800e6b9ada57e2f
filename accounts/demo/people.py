"""Who there is in the demo: plans of people, before anything is written."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import count, product
from random import Random
from typing import Any

from stdnum import damm

from accounts.demo.names import NAME_LISTS, Name
from readers.cards import DIGITS, PREFIX

PEOPLE = 236
# The demo's portal was set up this many days ago; its library is older.
PORTAL_AGE = 300
LIBRARY_AGE = 910

BRANCHES = {
    "CENTRAL": "Central Library",
    "HARBOUR": "Harbour",
    "NORTH": "Northfield",
    "HILL": "University Hill",
    "OLDTOWN": "Old Town",
}
BRANCH_WEIGHTS = [40, 15, 20, 15, 10]

# Loan period, youngest, oldest, and how many of a hundred people.
CATEGORIES = {
    "Adult": (28, 19, 64, 44),
    "Child": (28, 6, 13, 18),
    "Student": (42, 16, 27, 18),
    "Senior": (42, 65, 91, 14),
    "Teacher": (60, 27, 63, 6),
    "Staff": (90, 23, 62, 0),
}

# Of a hundred people, so many have these.
WITH_EMAIL, WITH_PHONE, WITH_BIRTH_DATE, WITH_NOTES = 93, 85, 90, 12
INACTIVE, INACTIVE_WHEN_EXPIRED = 4, 30
# Of those who joined too long ago for their first card to be valid still.
EXPIRED, EXPIRING_SOON = 14, 14
NEVER_EXPIRES = 6
CARD_YEARS = [1, 1, 2]
A_YEAR = timedelta(days=365)

# Ranges that are kept free for films and books, so that the demo rings nobody up.
FICTIONAL_PHONES = [
    ("+4930 23125 {:03}", 1000),
    ("+3319900 {:04}", 10000),
    ("+4420 79460 {:03}", 1000),
    ("+467017406 {:02}", 100),
    ("+1202555 01{:02}", 100),
]

NOTES = [
    "Reads large print.",
    "Card collected by the grandmother.",
    "Wants letters on paper, not by e-mail.",
    "Uses a wheelchair: reserve the table beside the lift.",
    "Donated 40 books in spring.",
    "Helps with the story hour on Saturdays.",
    "Asks for reminders two days ahead.\nPhone before noon only.",
]


@dataclass
class Edit:
    """Something that staff changed later: the values before, and why."""

    before: dict[str, Any]
    reason: str


@dataclass
class Person:
    """One person as they are today, and what was different earlier."""

    username: str
    latin_name: tuple[str, str]
    now: dict[str, Any]
    edits: list[Edit] = field(default_factory=list)

    @property
    def at_first(self) -> dict[str, Any]:
        """The values that the person was created with."""
        values = dict(self.now)
        for edit in self.edits:
            values |= edit.before
        return values


def plan_people(rng: Random, today: date) -> list[Person]:
    people = [
        _person(rng, today, given, family, username)
        for given, family, username in _names(rng)
    ]
    rng.shuffle(people)
    return people


def _names(rng: Random) -> Iterator[tuple[Name, Name, str]]:
    """PEOPLE different names, as many from each list as it can give."""
    pools = [list(product(names.given, names.family)) for names in NAME_LISTS]
    for pool in pools:
        rng.shuffle(pool)
    taken: set[str] = set()
    while len(taken) < PEOPLE:
        for pool in pools:
            if pool and len(taken) < PEOPLE:
                given, family = pool.pop()
                username = _free(f"{given.latin}.{family.latin}", taken)
                yield given, family, username


def _free(username: str, taken: set[str]) -> str:
    numbered = (f"{username}{number}" for number in count(2))
    while username in taken:
        username = next(numbered)
    taken.add(username)
    return username


def _person(
    rng: Random, today: date, given: Name, family: Name, username: str
) -> Person:
    categories = list(CATEGORIES)
    weights = [weight for *_, weight in CATEGORIES.values()]
    category = rng.choices(categories, weights)[0]
    joined = today - timedelta(days=rng.randint(1, LIBRARY_AGE))
    expires = _expiry(rng, today, joined)
    is_expired = expires is not None and expires < today
    return Person(
        username,
        (given.latin.title(), family.latin.title()),
        {
            "first_name": given.written,
            "last_name": family.written,
            "email": _email(rng, username),
            "is_active": not _chance(
                rng, INACTIVE_WHEN_EXPIRED if is_expired else INACTIVE
            ),
            "card_number": card_number(rng),
            "category": category,
            "branch": rng.choices(list(BRANCHES), BRANCH_WEIGHTS)[0],
            "phone": phone(rng) if _chance(rng, WITH_PHONE) else "",
            "birth_date": birth_date(rng, today, category),
            "joined_on": joined,
            "expires_on": expires,
            "notes": rng.choice(NOTES) if _chance(rng, WITH_NOTES) else "",
        },
    )


def _chance(rng: Random, percent: int) -> bool:
    return rng.randrange(100) < percent


def _email(rng: Random, username: str) -> str:
    host = rng.choice(["example.org", "example.net"])
    return f"{username}@{host}" if _chance(rng, WITH_EMAIL) else ""


def _expiry(rng: Random, today: date, joined: date) -> date | None:
    """Some never expire, some have expired, some are about to; most have time."""
    if _chance(rng, NEVER_EXPIRES):
        return None
    first_card = joined + A_YEAR * rng.choice(CARD_YEARS)
    if first_card >= today:
        return first_card
    if _chance(rng, EXPIRED):
        return today - timedelta(days=rng.randint(1, (today - first_card).days + 1))
    if _chance(rng, EXPIRING_SOON):
        return today + timedelta(days=rng.randint(0, 30))
    return today + timedelta(days=rng.randint(31, 560))


def card_number(rng: Random) -> str:
    """As `readers.cards` makes them, but from the demo's seed."""
    digits = f"{rng.randrange(10**DIGITS):0{DIGITS}}"
    return f"{PREFIX}{digits}{damm.calc_check_digit(digits)}"


def phone(rng: Random) -> str:
    pattern, size = rng.choice(FICTIONAL_PHONES)
    return pattern.format(rng.randrange(size)).replace(" ", "")


def birth_date(rng: Random, today: date, category: str) -> date | None:
    _loan_period, youngest, oldest, _weight = CATEGORIES[category]
    days = rng.randint(youngest * 365 + 30, oldest * 365)
    return today - timedelta(days=days) if _chance(rng, WITH_BIRTH_DATE) else None
