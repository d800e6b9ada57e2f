"""Reads whom the rows are about, many at once."""

from collections.abc import Iterable

from django.db.models.functions import Lower

from accounts.models import User
from readers.models import Reader

BATCH = 500


def load_people(keys: Iterable[str], *, lock: bool) -> dict[str, User]:
    """Folded username → User, with its Reader or the knowledge that it has none."""
    users = User.objects.annotate(folded=Lower("username")).filter(folded__in=keys)
    readers = Reader.objects.select_related("category", "branch")
    if lock:
        # In one order, or two imports could each wait for the other's people.
        users = users.order_by("pk").select_for_update(of=("self",))
        readers = readers.order_by("pk").select_for_update(of=("self",))
    people = {user.folded: user for user in users}
    by_id = {user.pk: user for user in people.values()}
    for user in people.values():
        user._state.fields_cache["reader"] = None
    for reader in readers.filter(user__in=by_id):
        reader.user = by_id[reader.user_id]
    return people
