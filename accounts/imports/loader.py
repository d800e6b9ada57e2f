"""Reads whom the rows are about, many at once."""

from collections.abc import Iterable
from typing import Any

from django.db.models.functions import Lower
from import_export.instance_loaders import BaseInstanceLoader

from accounts.models import User
from readers.models import Reader

BATCH = 500


class PersonLoader(BaseInstanceLoader):
    """Gives the existing User of a row, its Reader attached, a batch of rows ahead.

    Ask in the order of the rows. While writing, the people are locked until the end of
    the transaction, so that nobody else changes what was just compared.
    """

    def __init__(self, resource: Any, dataset: Any = None) -> None:
        super().__init__(resource, dataset)
        keys = resource.register.keys
        self._batches = [keys[i : i + BATCH] for i in range(0, len(keys), BATCH)]
        self._loaded: set[str] = set()
        self._people: dict[str, User] = {}

    def get_instance(self, row: dict[str, str]) -> User | None:
        key = self.resource.register.key_of(row["username"])
        while key not in self._loaded:
            batch = self._batches.pop(0)
            self._loaded = set(batch)
            self._people = load_people(batch, lock=self.resource.is_writing)
        return self._people.get(key)


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
