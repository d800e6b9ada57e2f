"""Who has which name, address and card: asked once, then followed through a file."""

from collections.abc import Hashable, Iterable
from typing import Any

from django.db.models.functions import Lower
from django.utils.translation import gettext as _

from accounts.imports.claims import Claims
from accounts.imports.folding import fold_case
from accounts.models import User
from readers.models import Reader


class PeopleRegister:
    """Takes the texts as they stand in the file, and normalises them as models do."""

    def __init__(
        self, *, names: Iterable[str], emails: Iterable[str], cards: Iterable[str]
    ) -> None:
        usernames = [normal_username(name) for name in names]
        self._folded = fold_case(usernames)
        self.keys = list(dict.fromkeys(self._folded[name] for name in usernames))
        self._first_rows: dict[str, int] = {}
        numbers = [str(_card_field().to_python(card)) for card in cards]
        addresses = [
            form for email in emails for form in (email.strip(), normal_email(email))
        ]
        self._claims = {
            "email": Claims(addresses, fold_case, _find_emails),
            "card_number": Claims(numbers, _as_is, _find_cards),
        }
        self.new_card_numbers = Reader.objects.fresh_card_numbers(numbers)

    def key_of(self, name: str) -> str:
        """What a username is known by, whatever its case."""
        return self._folded[normal_username(name)]

    def problem_with_repetition(self, name: str, row: int) -> str | None:
        first = self._first_rows.setdefault(self.key_of(name), row)
        if first == row:
            return None
        return _("This person stands in row %s already. Keep one of the rows.") % first

    def claim(
        self, column: str, value: str, *, instead_of: str, user: Any, row: int
    ) -> str | None:
        """See `Claims.claim`."""
        person: Hashable = user.pk or user.username
        return self._claims[column].claim(
            value, instead_of=instead_of, person=person, name=user.username, row=row
        )


def normal_username(text: str) -> str:
    return User.normalize_username(text.strip())


def normal_email(text: str) -> str:
    return User.objects.normalize_email(text.strip())


def _card_field() -> Any:
    return Reader._meta.get_field("card_number")


def _as_is(values: Iterable[str]) -> dict[str, str]:
    return {value: value for value in values}


def _find_emails(folded: list[str]) -> Iterable[tuple[str, Hashable, str]]:
    users = User.objects.annotate(folded=Lower("email")).filter(folded__in=folded)
    return ((user.folded, user.pk, str(user)) for user in users)


def _find_cards(numbers: list[str]) -> Iterable[tuple[str, Hashable, str]]:
    readers = Reader.objects.filter(card_number__in=numbers).select_related("user")
    return ((r.card_number, r.user_id, str(r.user)) for r in readers)
