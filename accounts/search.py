"""Finding people by what staff remember of them; one query each."""

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.functions import Lower
from django.http import HttpRequest
from django.urls import reverse
from unfold.dataclasses import SearchResult

from accounts.models import User
from accounts.policy import people_within
from portal.fields import normalize_line

LIMIT = 20
# A pasted page is no name; the database must not try.
MOST_WORDS = 10


def filter_people[People: QuerySet](people: People, term: str) -> People:
    """Those of `people` who match every word of `term`, in whatever case and script.

    A word matches anywhere in a name or an e-mail, or from the beginning of a username
    or a card number. Compared after LOWER(): SQLite's LIKE ignores the case of ASCII
    letters alone, and the portal's LOWER() that of all.
    """
    words = normalize_line(term.replace("\0", " ")).lower().split()[:MOST_WORDS]
    people = people.annotate(
        folded_given=Lower("first_name"),
        folded_family=Lower("last_name"),
        folded_username=Lower("username"),
        folded_email=Lower("email"),
    )
    for word in words:
        people = people.filter(
            Q(folded_given__contains=word)
            | Q(folded_family__contains=word)
            | Q(folded_username__startswith=word)
            | Q(folded_email__contains=word)
            | Q(reader__card_number__startswith=word.upper())
        )
    return people


def search_people(request: HttpRequest, search_term: str) -> list[SearchResult]:
    """What the theme's command search shows beside the pages."""
    user: Any = request.user
    if not user.has_perm("accounts.view_user") or not search_term.strip("\0 "):
        return []
    seen = User.objects.filter(people_within(user))
    people = seen.select_related("reader__branch")
    found = filter_people(people, search_term)
    ordered = found.order_by("first_name", "last_name", "username")[:LIMIT]
    return [result_of(person) for person in ordered]


def result_of(person: User) -> SearchResult:
    reader = getattr(person, "reader", None)
    details = [reader.card_number, reader.branch] if reader else [person.username]
    return SearchResult(
        title=str(person),
        description=" · ".join(str(detail) for detail in details if detail),
        link=reverse("admin:accounts_user_change", args=[person.pk]),
        icon="person",
    )
