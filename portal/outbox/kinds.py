"""What letters there are. The apps register their kinds when they are ready."""

from typing import Any, Protocol

from django.core.mail import EmailMessage

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

    def write(self, letter: Letter, person: Any, actor: Any) -> EmailMessage:
        """The letter to the person as they are now; its secrets are made here."""
        ...


_kinds: dict[str, LetterKind] = {}


def register(kind: LetterKind) -> None:
    _kinds[kind.name] = kind


def kind_named(name: str) -> LetterKind:
    return _kinds[name]


def kind_labels() -> dict[str, Any]:
    return {name: kind.label for name, kind in _kinds.items()}
