from typing import Any

from portal.history.acts import change_set
from portal.history.querysets import TrackedQuerySet
from readers.models import Reader


class UserQuerySet(TrackedQuerySet):
    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Create these users, each with its Reader: no signal is sent for them."""
        people = list(objs)
        for person in people:
            person.complete()
        with change_set():
            created = super().bulk_create(people, *args, **kwargs)
            Reader.objects.create_missing(person.pk for person in created)
            return created

    def with_reader(self) -> "UserQuerySet":
        return self.select_related("reader__category", "reader__branch")

    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)

    def administrators(self) -> "UserQuerySet":
        """Those who may do everything, and enter."""
        return self.active().filter(is_superuser=True, is_staff=True)
