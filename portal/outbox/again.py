"""What staff do with letters: have them sent again, or stop them."""

from typing import Any

from django.contrib.auth import get_user_model
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from portal.models import Letter
from portal.models.letter import LetterQuerySet
from portal.outbox.kinds import all_kinds
from portal.outbox.posting import send_soon
from portal.queue import after_commit
from portal.security.events import record_event

State = Letter.State
AGAIN = (State.FAILED, State.CANCELLED)


def allowed(letters: LetterQuerySet, actor: Any) -> LetterQuerySet:
    """Those of a kind that `actor` may order, to people within reach who do not stand
    above."""
    found = Q(pk__in=[])
    people = get_user_model()._default_manager.order_by().values("pk")
    for kind in all_kinds():
        above = kind.closed_to(actor)
        if above is None:
            continue
        may = Q(kind=kind.name) & ~Q(person_id__in=above)
        if within := kind.people_within(actor):
            may &= Q(person_id__in=people.filter(within))
        found |= may
    return letters.filter(found)


def send_again(letters: LetterQuerySet, *, actor: Any) -> int:
    """From the first try on, in the name of `actor`; tells how many.

    Whoever sent them first may have lost the right, or be gone.
    """
    with transaction.atomic():
        keys = dict(
            allowed(letters, actor)
            .filter(state__in=AGAIN)
            .order_by()
            .values_list("pk", "kind")
        )
        count = Letter.objects.filter(pk__in=keys, state__in=AGAIN).update(
            state=State.WAITING,
            actor_id=actor.pk,
            actor_name=actor.get_username(),
            due_at=timezone.now(),
            attempts=0,
            error="",
            finished_at=None,
        )
        for kind in all_kinds():
            ordered = sum(name == kind.name for name in keys.values())
            if ordered and kind.ordered:
                record_event(kind.ordered, actor=actor, count=ordered)
        after_commit(send_soon)
    return count


def stop(letters: LetterQuerySet, *, actor: Any) -> int:
    """Cancel what still waits; tells how many."""
    return allowed(letters, actor).cancel(_("Cancelled by %s.") % actor.get_username())
