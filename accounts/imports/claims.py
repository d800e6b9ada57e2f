"""Values that only one person may have, followed row by row through a file."""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from portal.sheets.problems import quote

BATCH = 500


@dataclass(frozen=True, slots=True)
class Holder:
    """Who has a value: a person in the database, or the row that gave it."""

    person: Hashable
    name: str
    row: int | None = None


class Claims:
    """Asks for the whole file what `full_clean` would ask for every row.

    Rows claim in the order in which they are written, so that a value which an earlier
    row gave up is free, and one which an earlier row took is not.
    """

    def __init__(
        self,
        values: Iterable[str],
        fold: Callable[[Iterable[str]], dict[str, str]],
        find: Callable[[list[str]], Iterable[tuple[str, Hashable, str]]],
    ) -> None:
        """`find` tells for folded values who has them: (folded value, key, name)."""
        self._folded = fold({value for value in values if value})
        wanted = list(dict.fromkeys(self._folded.values()))
        self._holders: dict[str, Holder] = {}
        for start in range(0, len(wanted), BATCH):
            for value, person, name in find(wanted[start : start + BATCH]):
                self._holders[value] = Holder(person, name)

    def claim(
        self, value: str, *, instead_of: str, person: Hashable, name: str, row: int
    ) -> str | None:
        """Give `value` to the person; say what is in the way, if something is."""
        if not value:
            self._release(instead_of, person)
            return None
        folded = self._folded.get(value, value)
        holder = self._holders.get(folded)
        if holder and holder.person != person:
            return _taken(value, holder)
        if value != instead_of:
            self._release(instead_of, person)
        self._holders[folded] = Holder(person, name, row)
        return None

    def _release(self, value: str, person: Hashable) -> None:
        folded = self._folded.get(value, value)
        holder = self._holders.get(folded)
        if holder and holder.person == person:
            del self._holders[folded]


def _taken(value: str, holder: Holder) -> str:
    if holder.row is None:
        return _("%(value)s is already that of %(name)s.") % {
            "value": quote(value),
            "name": holder.name,
        }
    return _("%(value)s stands in row %(row)s already, for %(name)s.") % {
        "value": quote(value),
        "row": holder.row,
        "name": holder.name,
    }
