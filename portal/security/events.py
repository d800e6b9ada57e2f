"""Recording what happens at the doors.

    record_event(Kind.SIGN_IN_FAILED, request=request, typed_name=typed)
    record_event(Kind.SESSION_ENDED, subject=person, count=3)

The row is written in the caller's transaction: an act that is rolled back leaves none.
When the row cannot be written (the database is full or busy), the act goes on, because
a log must not lock out the people whom it watches; the line in the log of the process
(`portal.security`), which is written first, then says what happened.
"""

import logging
from typing import Any

from django.db import Error, transaction
from django.http import HttpRequest

from portal.models import SecurityEvent
from portal.security.texts import one_line
from portal.security.visits import Visit, current_request, signed_in_user

logger = logging.getLogger("portal.security")

Kind = SecurityEvent.Kind

# Nothing else gets into the details, so no secret does by mistake.
DETAILS = frozenset(
    {
        *("count", "factor", "file", "format", "job", "letter", "method", "provider"),
        *("reason", "scope", "seconds", "status", "target"),
    }
)
MOST_OF_A_DETAIL = 300
MOST_OF_A_NAME = 150


def record_event(
    kind: SecurityEvent.Kind,
    *,
    request: HttpRequest | None = None,
    actor: Any = None,
    subject: Any = None,
    typed_name: str = "",
    **details: Any,
) -> None:
    """Keep and log one event; see this module for what happens if that fails.

    Without a `request`, the one that is being answered counts; without an `actor`, who
    is signed in there. `subject` is the person whom it was done to. Every text may
    come from a stranger.
    """
    request = request or current_request.get()
    event = SecurityEvent(
        kind=kind,
        typed_name=one_line(typed_name, MOST_OF_A_NAME),
        details=_clean(details),
        **_person("actor", actor or signed_in_user(request)),
        **_person("subject", subject),
        **vars(Visit.of(request)),
    )
    _log(event)
    try:
        # A savepoint: what fails here must not spoil the caller's transaction.
        with transaction.atomic():
            event.save(force_insert=True)
    except Error:
        logger.exception("The event above could not be kept in the database.")


def _person(role: str, person: Any) -> dict[str, Any]:
    if person is None or person.pk is None:
        return {}
    name = one_line(person.get_username(), MOST_OF_A_NAME)
    return {f"{role}_id": person.pk, f"{role}_name": name}


def _clean(details: dict[str, Any]) -> dict[str, Any]:
    """What may be kept; of the rest, the log tells the names and not the values."""
    if foreign := sorted(details.keys() - DETAILS):
        logger.error("Left out of a security event: %s.", ", ".join(foreign))
    return {
        name: value
        if isinstance(value, bool | int | float)
        else one_line(value, MOST_OF_A_DETAIL)
        for name, value in details.items()
        if name in DETAILS and value is not None
    }


def _log(event: SecurityEvent) -> None:
    level = logging.WARNING if event.is_alarming else logging.INFO
    logger.log(
        level,
        "%s by %s from %s at %s",
        event.kind,
        event.who or "nobody",
        event.address or "nowhere",
        event.path or "-",
        extra={
            "event_kind": str(event.kind),
            "actor_id": event.actor_id,
            "actor_name": event.actor_name,
            "typed_name": event.typed_name,
            "subject_id": event.subject_id,
            "subject_name": event.subject_name,
            "address": event.address,
            "device": event.device,
            "page": event.path,
            "details": event.details,
        },
    )
