"""What change sets were done with, as far as somebody may know.

An import is about a file. Its name, and what else was in it, may be about people of
other branches, whatever of the change set is seen: as in the list of imports, limited
staff know their own files alone.
"""

from typing import Any

from django.db.models import Q

from portal.access import is_limited
from portal.models import ChangeSet


def known_subject(made: ChangeSet, user: Any) -> str:
    """The subject; "" where `user` may not know it."""
    is_known = made.kind != ChangeSet.Kind.IMPORT or made.actor_id == user.pk
    return made.subject if is_known or not is_limited(user) else ""


def subject_is_known(user: Any) -> Q:
    """A filter of the change sets whose subject `user` may know."""
    if not is_limited(user):
        return Q()
    return ~Q(kind=ChangeSet.Kind.IMPORT) | Q(actor_id=user.pk)
