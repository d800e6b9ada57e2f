"""What the demo's staff do at the desk, day by day."""

from datetime import datetime

from accounts.demo.library import Library
from accounts.demo.people import Edit, Person
from portal.history.acts import name_act
from portal.models import ChangeSet

PEOPLE_PAGE = "/admin/accounts/user/"
EXTENSION_DAY = 61

AT_THE_DESK = {"front-desk": 8, "importer": 1, "manager": 2}


def somebody(library: Library) -> str:
    """The username of whoever is at the desk just then."""
    return library.rng.choices(list(AT_THE_DESK), list(AT_THE_DESK.values()))[0]


def register(library: Library, person: Person, at: datetime) -> None:
    reason = library.rng.choice(["", "", "New at the desk", "Filled in the paper form"])
    origin = f"{PEOPLE_PAGE}add/"
    with library.act(somebody(library), at, reason=reason, origin=origin):
        user = library.build(person.username, person.at_first, at)
        name_act(f"Person {user}")
        user.save()


def edit(library: Library, person: Person, change: Edit, at: datetime) -> None:
    pk = library.users[person.username].pk
    how = {"origin": f"{PEOPLE_PAGE}{pk}/change/"}
    if "is_active" in change.before:
        how = {
            "kind": ChangeSet.Kind.ACTION,
            "subject": "Deactivate",
            "origin": PEOPLE_PAGE,
        }
    with library.act(somebody(library), at, reason=change.reason, **how):
        name_act(f"Person {library.users[person.username]}")
        values = {name: person.now[name] for name in change.before}
        library.change(person.username, values)


def extend(library: Library, people: list[Person], at: datetime) -> None:
    with library.act(
        "manager",
        at,
        kind=ChangeSet.Kind.ACTION,
        reason="A year more for whoever came to the open day",
        subject="Extend expiry",
        origin=PEOPLE_PAGE,
    ):
        for person in people:
            library.change(person.username, {"expires_on": person.now["expires_on"]})
