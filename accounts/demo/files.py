"""The files that the demo's importer brought in, and those that did not get in."""

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from functools import partial
from hashlib import sha256
from typing import Any
from uuid import UUID

from accounts.demo.library import Library
from accounts.demo.people import A_YEAR, PORTAL_AGE, Person
from portal.models import ChangeSet, ImportJob

IMPORT_PAGE = "/admin/accounts/user/import/"
IMPORTER = "importer"

CARD_FILE_DAY = PORTAL_AGE - 1
CLASS_DAY = 84
FEES_DAY = 33
REFUSED_DAY = 35
EXPIRED_DAY = 9

PUPILS = 18
UNCHANGED_FEES = 6
REVIEW = timedelta(minutes=4)


def gather_class(people: list[Person], today: date) -> list[Person]:
    """Children who came with a school's list, all on one day."""
    pupils = [person for person in people if person.now["category"] == "Child"][:PUPILS]
    joined_on = today - timedelta(days=CLASS_DAY)
    for pupil in pupils:
        pupil.now |= {
            "joined_on": joined_on,
            "expires_on": joined_on + A_YEAR,
            "is_active": True,
        }
    return pupils


def card_file(library: Library, people: list[Person], at: datetime) -> None:
    reason = "Everyone from the old card file"
    _bring_in(library, people, "card-file.xlsx", reason, at)


def school_class(library: Library, pupils: list[Person], at: datetime) -> None:
    reason = "Two classes of the Northfield school, signed by the parents"
    _bring_in(library, pupils, "northfield-4a-4b.csv", reason, at)


def _bring_in(
    library: Library, people: list[Person], file_name: str, reason: str, at: datetime
) -> None:
    with _import(library, file_name, reason, at) as act:
        for person in people:
            library.build(person.username, person.at_first, at).save()
    counts = {"total": len(people), "created_count": len(people)}
    _note(library, at, file_name, change_set=act.recorded, **counts)


def fees(library: Library, people: list[Person], at: datetime) -> None:
    file_name = "fees-paid.xlsx"
    with _import(library, file_name, "Fees paid at the bank", at) as act:
        for person in people:
            library.change(person.username, {"expires_on": person.now["expires_on"]})
    counts = {
        "total": len(people) + UNCHANGED_FEES,
        "updated_count": len(people),
        "unchanged_count": UNCHANGED_FEES,
    }
    _note(library, at, file_name, change_set=act.recorded, **counts)


def _import(library: Library, file_name: str, reason: str, at: datetime) -> Any:
    return library.act(
        IMPORTER,
        at,
        kind=ChangeSet.Kind.IMPORT,
        subject=file_name,
        reason=reason,
        origin=IMPORT_PAGE,
    )


def plan_failures(
    library: Library,
) -> Iterator[tuple[datetime, Callable[[datetime], None]]]:
    yield library.moment(REFUSED_DAY), partial(refused_file, library)
    yield library.moment(EXPIRED_DAY), partial(forgotten_file, library)


def refused_file(library: Library, at: datetime) -> None:
    _note(
        library,
        at,
        "fees-paid-draft.csv",
        state=ImportJob.State.FAILED,
        error="Row 7, column expires_on: «31.2.» is no date; write it as 2026-02-28.",
        total=20,
        error_count=1,
    )


def forgotten_file(library: Library, at: datetime) -> None:
    _note(
        library,
        at,
        "summer-readers.ods",
        state=ImportJob.State.CANCELLED,
        total=31,
    )


def _note(library: Library, at: datetime, file_name: str, **values: Any) -> None:
    owner = library.users[IMPORTER]
    job = ImportJob.objects.create(
        id=UUID(int=library.rng.getrandbits(128), version=4),
        target="accounts.user",
        owner=owner,
        owner_name=owner.username,
        file_name=file_name,
        sha256=sha256(file_name.encode()).hexdigest(),
        finished_at=at,
        **{"state": ImportJob.State.DONE, **values},
    )
    # The field itself knows only «now».
    ImportJob.objects.filter(pk=job.pk).update(created_at=at - REVIEW)
