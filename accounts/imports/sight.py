"""What somebody could see when rows or a file were made for them, and whether they
still can: neither is shown to whom less is shown now."""

from typing import Any

from accounts.policy import VIEW_PEOPLE, hidden_fields, hidden_of_oneself, reach_of
from accounts.reach import EVERYWHERE, Reach, is_within

type Sight = dict[str, Any]


def sight_of(actor: Any, permission: str = VIEW_PEOPLE) -> Sight:
    """As JSON: the branches (None is everybody) and the fields that were hidden, of
    all and of oneself alone."""
    reach = reach_of(actor, permission)
    return {
        "branches": None if reach is None else sorted(reach),
        "hidden": sorted(hidden_fields(actor)),
        "hidden_of_oneself": sorted(hidden_of_oneself(actor)),
    }


def still_sees(actor: Any, sight: Sight, permission: str = VIEW_PEOPLE) -> bool:
    """Whether `actor` sees now all that was seen then."""
    branches = sight.get("branches")
    then: Reach = EVERYWHERE if branches is None else frozenset(branches)
    hidden = set(sight.get("hidden", ()))
    hidden_of_own = hidden | set(sight.get("hidden_of_oneself", ()))
    return (
        is_within(then, reach_of(actor, permission))
        and hidden_fields(actor) <= hidden
        and hidden_of_oneself(actor) <= hidden_of_own
    )
