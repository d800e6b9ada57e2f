"""One letter on its way: taken by one worker, looked at anew, written, sent, noted."""

import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import ImportJob, Letter
from portal.outbox.failures import what_went_wrong
from portal.outbox.kinds import LetterKind, kind_named
from portal.security.events import Kind, record_event

State = Letter.State

# Without an end for so long, whoever sends it is taken for dead. A mail server is
# waited for 30 seconds at each step.
LEASE = timedelta(minutes=10)
# After each try that failed; after the last of them, once more.
PAUSES = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=12),
)
MOST_TRIES = len(PAUSES) + 1


def take(key: int) -> Letter | None:
    """Take the letter if it is due and nobody living has it."""
    token, now = uuid.uuid4(), timezone.now()
    taken = Letter.objects.due().filter(pk=key)
    if not taken.update(
        state=State.SENDING,
        lease=token,
        due_at=now + LEASE,
        attempts=F("attempts") + 1,
    ):
        return None
    return Letter.objects.select_related("job").get(pk=key)


def deliver(letter: Letter, mail: Any) -> None:
    """Send what `take` gave, or note why not; raises what `mail`, the backend, raises.

    Everything is asked anew: hours may have passed since it was ordered.
    """
    if letter.attempts > MOST_TRIES:
        _give_up(letter, _("It was begun %s times and never sent.") % MOST_TRIES)
        return
    kind = kind_named(letter.kind)
    person, actor = _user(letter.person_id), _user(letter.actor_id)
    if why := _problem_with(letter, person) or kind.problem_with(letter, person, actor):
        _end(letter, State.CANCELLED, error=why)
        return
    message = kind.write(letter, person, actor)
    message.extra_headers["Message-ID"] = message_id(letter)
    mail.open()
    # As late as can be: it may have been cancelled meanwhile, with its import.
    if _is_ours(letter).exists():
        mail.send_messages([message])
        _note_sent(letter, kind, person, actor)


def put_off(letter: Letter, error: Exception) -> None:
    """Try again later, each time later still; and no more after the last time."""
    why = what_went_wrong(error)
    if letter.attempts >= MOST_TRIES:
        _give_up(letter, why)
        return
    due_at = timezone.now() + PAUSES[letter.attempts - 1]
    _is_ours(letter).update(state=State.WAITING, lease=None, due_at=due_at, error=why)


def message_id(letter: Letter) -> str:
    """The same at each try, so that a mailbox can tell a letter that came twice."""
    domain = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ")
    return f"<letter-{letter.pk}-{int(letter.created_at.timestamp())}@{domain}>"


def _problem_with(letter: Letter, person: Any) -> str:
    if person is None:
        return _("The person is not there any more.")
    if not person.is_active:
        return _("The account is not active.")
    if not person.email:
        return _("The person has no e-mail address.")
    if letter.job and letter.job.state == ImportJob.State.UNDONE:
        return _("The import was undone.")
    return ""


def _note_sent(letter: Letter, kind: LetterKind, person: Any, actor: Any) -> None:
    with transaction.atomic():
        if _end(letter, State.SENT, error=""):
            record_event(kind.sent, actor=actor, subject=person, letter=letter.pk)


def _give_up(letter: Letter, why: str) -> None:
    with transaction.atomic():
        if _end(letter, State.FAILED, error=why):
            person = _user(letter.person_id)
            record_event(
                Kind.LETTER_FAILED, subject=person, letter=letter.pk, reason=why
            )


def _end(letter: Letter, state: str, **values: Any) -> bool:
    """False when it was cancelled, or taken over, meanwhile."""
    ended = _is_ours(letter).update(
        state=state, lease=None, finished_at=timezone.now(), **values
    )
    return bool(ended)


def _is_ours(letter: Letter) -> Any:
    return Letter.objects.filter(pk=letter.pk, state=State.SENDING, lease=letter.lease)


def _user(key: int | None) -> Any:
    return get_user_model()._default_manager.filter(pk=key).first()
