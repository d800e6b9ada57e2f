from collections.abc import Iterable, Iterator
from datetime import date, timedelta
from typing import Any

from django.contrib.auth import get_user_model
from django.utils import timezone

from portal.history.acts import change_set
from portal.history.querysets import TrackedQuerySet
from readers.cards import generate_card_numbers

EXPIRING_SOON = timedelta(days=30)
BATCH = 500


class ReaderQuerySet(TrackedQuerySet):
    def expired(self) -> "ReaderQuerySet":
        """Past their expiry date; no date (NULL) means they never expire."""
        return self.filter(expires_on__lt=timezone.localdate())

    def expiring(self, within: timedelta = EXPIRING_SOON) -> "ReaderQuerySet":
        """Not expired yet, but on or before the day that `within` ends."""
        today = timezone.localdate()
        return self.filter(expires_on__range=(today, today + within))

    def for_user(self, user: Any) -> Any:
        """The user's Reader, made if there is none yet; never a second one.

        A form, an import or a shell may have hung an unsaved Reader on the user
        (`Reader(user=user)` does). That one is saved: asking the database alone would
        make a second Reader and break the insert of the first.
        """
        if hasattr(user, "reader"):
            if user.reader._state.adding:
                user.reader.user = user
                user.reader.save()
            return user.reader
        reader, _created = self.get_or_create(user=user)
        return reader

    def get_by_natural_key(self, username: str) -> Any:
        return self.get(user__username=username)

    def create_missing(self, user_ids: Iterable[int]) -> list[Any]:
        """Give each of these users a Reader, unless it has one; return the new ones."""
        ids = set(user_ids)
        with change_set():
            have = self.filter(user__in=ids).values_list("user_id", flat=True)
            missing = sorted(ids - set(have))
            numbers = self.fresh_card_numbers()
            return self.bulk_create(
                self.model(user_id=user_id, card_number=number)
                for user_id, number in zip(missing, numbers, strict=False)
            )

    def fresh_card_numbers(self, reserved: Iterable[str] = ()) -> Iterator[str]:
        """Numbers that neither the database has nor `reserved`, asked for in batches.

        Of twenty thousand random ones some are taken when there are as many cards.
        """
        seen = set(reserved)
        while True:
            batch = generate_card_numbers(BATCH, seen)
            seen.update(batch)
            taken = self.filter(card_number__in=batch)
            known = set(taken.values_list("card_number", flat=True))
            yield from (number for number in batch if number not in known)

    def extend_expiry(self, until: date) -> int:
        """Move the expiry date of these readers forward to `until`, never back.

        Whoever never expires (NULL) stays so.
        """
        return self.filter(expires_on__lt=until).update(expires_on=until)


def users_without_reader() -> Any:
    """Users that a fixture, or a write past Django, left without their Reader."""
    return get_user_model()._default_manager.filter(reader__isnull=True)
