"""What happened once in the demo: renamings, mistakes, and how they were taken back."""

from collections.abc import Callable, Iterator
from datetime import datetime
from functools import partial

from accounts.demo.library import STAFF, Library
from accounts.demo.people import BRANCHES, card_number
from portal.models import ChangeSet

Kind = ChangeSet.Kind

SHORTER_NAME = "Shorter on the signs"
WRONG_PERSON = "Moved house, told by phone"
SECOND = "anna.ivanova-2"


def plan_incidents(
    library: Library,
) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    for days_ago, act in INCIDENTS.items():
        yield library.moment(days_ago), partial(act, library)


def rename_harbour(library: Library, at: datetime) -> None:
    with library.act("manager", at, reason="Its name since the market hall opened"):
        _rename(library, "HARBOUR", "Harbour & Fish Market")


def shorten_old_town(library: Library, at: datetime) -> None:
    with library.act("manager", at, reason=SHORTER_NAME):
        _rename(library, "OLDTOWN", "Oldtown")


def restore_old_town(library: Library, at: datetime) -> None:
    with library.act(
        "manager",
        at,
        kind=Kind.REVERT,
        reason="The signs keep the old name after all",
        reverts=ChangeSet.objects.filter(reason=SHORTER_NAME).latest("pk"),
    ):
        _rename(library, "OLDTOWN", BRANCHES["OLDTOWN"])


def _rename(library: Library, code: str, name: str) -> None:
    branch = library.branches[code]
    branch.name = name
    branch.save()


def lend_longer_to_teachers(library: Library, at: datetime) -> None:
    category = library.categories["Teacher"]
    with library.act("manager", at, reason="A whole term, as the schools asked"):
        category.loan_period = 90
        category.save()


def _mistaken(library: Library) -> str:
    """Whom the mistake is about: the first in the card file."""
    return list(library.users)[len(STAFF)]


def move_wrong_person(library: Library, at: datetime) -> None:
    username = _mistaken(library)
    now = library.users[username].reader.branch
    elsewhere = next(code for code in BRANCHES if library.branches[code] != now)
    with library.act("front-desk", at, reason=WRONG_PERSON):
        library.change(username, {"branch": elsewhere})


def move_back(library: Library, at: datetime) -> None:
    made = ChangeSet.objects.filter(reason=WRONG_PERSON).latest("pk")
    reader = library.users[_mistaken(library)].reader
    before = reader.history.filter(change_set__lt=made).first()
    with library.act(
        "manager",
        at,
        kind=Kind.REVERT,
        reason="The wrong person: the neighbour has the same family name",
        reverts=made,
    ):
        reader.branch_id = before.branch_id
        reader.save(update_fields=["branch"])


def register_twice(library: Library, at: datetime) -> None:
    values = {
        "first_name": "Anna",
        "last_name": "Ivanova",
        "card_number": card_number(library.rng),
        "category": "Adult",
        "branch": "NORTH",
        "joined_on": at.date(),
    }
    with library.act("front-desk", at, reason="New at the desk"):
        library.build(SECOND, values, at).save()


def delete_second(library: Library, at: datetime) -> None:
    with library.act("manager", at, reason="Registered twice; the older card stays"):
        library.users.pop(SECOND).delete()


INCIDENTS = {
    215: rename_harbour,
    150: lend_longer_to_teachers,
    97: shorten_old_town,
    96: restore_old_town,
    41: move_wrong_person,
    40: move_back,
    23: register_twice,
    22: delete_second,
}
