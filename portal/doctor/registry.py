"""The subjects that are looked at, and one look at all of them."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import IntEnum

from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.utils.module_loading import autodiscover_modules

logger = logging.getLogger(__name__)


class State(IntEnum):
    """The worst one is the exit status."""

    OK = 0
    WARNING = 1
    ERROR = 2


@dataclass(frozen=True)
class Finding:
    """One line of the table; `hint` says what to do."""

    state: State
    text: str
    hint: str = ""
    subject: str = ""


type Look = Callable[[], Iterator[Finding]]


@dataclass(frozen=True)
class Subject:
    name: str
    look: Look
    needs_database: bool


SUBJECTS: list[Subject] = []


def examines(name: str, *, needs_database: bool = False) -> Callable[[Look], Look]:
    """Mark a function that yields what it finds about one subject."""

    def register(look: Look) -> Look:
        SUBJECTS.append(Subject(name, look, needs_database))
        return look

    return register


def ok(text: str) -> Finding:
    return Finding(State.OK, text)


def warning(text: str, hint: str) -> Finding:
    return Finding(State.WARNING, text, hint)


def error(text: str, hint: str) -> Finding:
    return Finding(State.ERROR, text, hint)


def examine() -> list[Finding]:
    """Look at every subject; one that breaks keeps no other from being looked at."""
    autodiscover_modules("doctor")
    can_ask = database_problem() is None
    return [
        replace(found, subject=subject.name)
        for subject in SUBJECTS
        for found in _look_at(subject, can_ask)
    ]


def database_problem() -> str | None:
    """Why the database cannot be asked anything; None when it can."""
    try:
        with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
            cursor.execute("SELECT 1")
    except (DatabaseError, InterfaceError) as error:
        return " ".join(str(error).split())
    return None


def _look_at(subject: Subject, can_ask: bool) -> list[Finding]:
    if subject.needs_database and not can_ask:
        return [warning("not looked at", "Bring the database back first.")]
    try:
        return list(subject.look())
    except Exception as broken:
        logger.debug("%s could not be looked at.", subject.name, exc_info=True)
        return [
            error(f"could not be looked at: {broken}", "See the log, or report it.")
        ]
