"""What staff changed about the demo's people since they were first written down."""

from collections.abc import Callable
from datetime import date
from random import Random

from accounts.demo.people import A_YEAR, BRANCHES, Edit, Person, phone

MOST_EDITS = 3

# The category before, and why it changed.
CATEGORY_STEPS = {
    "Student": ("Child", "Sixteen by now"),
    "Adult": ("Student", "Studies finished; no student card any more"),
    "Senior": ("Adult", "Sixty-five by now"),
    "Teacher": ("Adult", "Showed the letter of the school"),
}


def plan_edits(rng: Random, people: list[Person], today: date) -> None:
    """Give many of these people up to three edits, each of other fields."""
    makers = [make for make, weight in MAKERS for _ in range(weight)]
    for person in people:
        for make in dict.fromkeys(rng.choices(makers, k=rng.randint(0, MOST_EDITS))):
            edit = make(rng, person)
            is_new = today - person.now["joined_on"] < A_YEAR
            # Nobody changes category in the year of joining.
            if edit is not None and not (is_new and "category" in edit.before):
                person.edits.append(edit)


def _phone(rng: Random, person: Person) -> Edit | None:
    if not person.now["phone"]:
        return None
    reasons = ["New number, told at the desk", "The old number rings nobody", ""]
    return Edit({"phone": rng.choice(["", phone(rng)])}, rng.choice(reasons))


def _branch(rng: Random, person: Person) -> Edit:
    others = [code for code in BRANCHES if code != person.now["branch"]]
    reasons = ["Moved house", "Works nearer to this branch now", "Asked for by phone"]
    return Edit({"branch": rng.choice(others)}, rng.choice(reasons))


def _expiry(rng: Random, person: Person) -> Edit | None:
    until, joined = person.now["expires_on"], person.now["joined_on"]
    if until is None or until - A_YEAR <= joined:
        return None
    reasons = ["Renewed for a year", "Renewed, fee paid", "Renewed by phone"]
    return Edit({"expires_on": until - A_YEAR}, rng.choice(reasons))


def _category(rng: Random, person: Person) -> Edit | None:
    step = CATEGORY_STEPS.get(person.now["category"])
    return Edit({"category": step[0]}, step[1]) if step else None


def _name(rng: Random, person: Person) -> Edit | None:
    given, family = person.latin_name
    before = {"first_name": given, "last_name": family}
    if before == {name: person.now[name] for name in before}:
        return None
    reasons = ["Spelled as in the passport", "Spelled as the person writes it"]
    return Edit(before, rng.choice(reasons))


def _email(rng: Random, person: Person) -> Edit | None:
    if not person.now["email"]:
        return None
    return Edit({"email": ""}, rng.choice(["E-mail given at the desk", ""]))


def _notes(rng: Random, person: Person) -> Edit | None:
    return Edit({"notes": ""}, "") if person.now["notes"] else None


def _activity(rng: Random, person: Person) -> Edit | None:
    if person.now["is_active"]:
        return None
    reasons = ["Moved away, card handed back", "Three letters came back"]
    return Edit({"is_active": True}, rng.choice(reasons))


MAKERS: list[tuple[Callable[[Random, Person], Edit | None], int]] = [
    (_phone, 4),
    (_branch, 3),
    (_expiry, 9),
    (_category, 2),
    (_name, 3),
    (_email, 2),
    (_notes, 3),
    (_activity, 8),
]
