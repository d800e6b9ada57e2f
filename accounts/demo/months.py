"""The demo's months: what happens when, and its writing in the order of time."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial
from random import Random

from django.db import transaction
from django.utils import timezone

from accounts.demo import audits, desk, files, incidents
from accounts.demo.edits import plan_edits
from accounts.demo.library import Library
from accounts.demo.people import PORTAL_AGE, Edit, Person, plan_people

SEED = 20

Planned = tuple[datetime, Callable[[datetime], None]]

# Cards that were renewed all at once, by the list of fees and by an action.
RENEWED_BY_LIST = 14
RENEWED_BY_ACTION = 9


def write_demo(password: str) -> Library:
    """Write the whole demo, or nothing of it."""
    rng = Random(SEED)  # nosec B311: invented people, no secrets
    library = Library(rng, timezone.localdate())
    people = plan_people(library.rng, library.today)
    pupils = files.gather_class(people, library.today)
    plan_edits(library.rng, people, library.today)
    plan = [
        *plan_arrivals(library, people, pupils),
        *plan_changes(library, people),
        *incidents.plan_incidents(library),
        *files.plan_failures(library),
        *audits.plan_audits(library),
    ]
    with transaction.atomic():
        library.open(library.moment(PORTAL_AGE), password)
        for at, act in sorted(plan, key=lambda planned: planned[0]):
            act(at)
    return library


def arrival(library: Library, person: Person) -> int:
    """How many days ago the person got into the portal.

    Whoever joined before there was a portal came with the card file.
    """
    return min((library.today - person.now["joined_on"]).days, files.CARD_FILE_DAY)


def plan_arrivals(
    library: Library, people: list[Person], pupils: list[Person]
) -> Iterator[Planned]:
    in_card_file = []
    for person in people:
        if arrival(library, person) == files.CARD_FILE_DAY:
            in_card_file.append(person)
        elif person not in pupils:
            at = library.moment(arrival(library, person))
            yield at, partial(desk.register, library, person)
    at = library.moment(files.CARD_FILE_DAY)
    yield at, partial(files.card_file, library, in_card_file)
    yield library.moment(files.CLASS_DAY), partial(files.school_class, library, pupils)


def plan_changes(library: Library, people: list[Person]) -> Iterator[Planned]:
    renewals: list[tuple[Person, Edit]] = []
    for person in people:
        days = arrival(library, person)
        if days <= 1:
            person.edits.clear()
        for edit in person.edits:
            if "expires_on" in edit.before and days == files.CARD_FILE_DAY:
                renewals.append((person, edit))
            else:
                yield plan_edit(library, person, edit, days)
    at_once = RENEWED_BY_LIST + RENEWED_BY_ACTION
    by_list = [person for person, _ in renewals[:RENEWED_BY_LIST]]
    by_action = [person for person, _ in renewals[RENEWED_BY_LIST:at_once]]
    yield library.moment(files.FEES_DAY), partial(files.fees, library, by_list)
    yield library.moment(desk.EXTENSION_DAY), partial(desk.extend, library, by_action)
    for person, edit in renewals[at_once:]:
        yield plan_edit(library, person, edit, files.CARD_FILE_DAY)


def plan_edit(library: Library, person: Person, edit: Edit, days: int) -> Planned:
    at = library.moment(library.rng.randint(1, days - 1))
    return at, partial(desk.edit, library, person, edit)
