"""What letters there are. The apps register their kinds when they are ready."""

from collections.abc import Iterable
from typing import Any, Protocol

from django.core.mail import EmailMessage
from django.db.models import Q

from portal.models import Letter, SecurityEvent


class LetterKind(Protocol):
    """How one kind of letter is written; it is asked when the letter is sent."""

    name: str
    label: Any
    # What is recorded when one is ordered, if anything, and when it was sent.
    ordered: SecurityEvent.Kind | None
    sent: SecurityEvent.Kind
    # Whether a newer one takes the place of one that still waits.
    replaces: bool

    def problem_with(self, letter: Letter, person: Any, actor: Any) -> str:
        """Why it must not be sent any more; "" when it may. That there is an active
        person with an address, and that its import stands, was asked before."""
        ...

    def closed_to(self, actor: Any) -> set[int] | None:
        """The keys of the people to whom `actor` may neither send nor stop such a
        letter; None for whoever may do it with nobody's."""
        ...

    def people_within(self, actor: Any) -> Q:
        """A filter of people: those whom `actor` reaches with such a letter. It goes
        with `closed_to`, and is empty where everybody is reached."""
        ...

    def write(self, letter: Letter, person: Any, actor: Any) -> EmailMessage:
        """The letter to the person as they are now; its secrets are made here."""
        ...


_kinds: dict[str, LetterKind] = {}


def register(kind: LetterKind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> LetterKind:
    return _kinds[name]


def all_kinds() -> Iterable[LetterKind]:
    return _kinds.values()


def kind_label(name: str) -> str:
    """Also of a kind that is no more."""
    return str(_kinds[name].label) if name in _kinds else name
