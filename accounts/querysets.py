from typing import Any

from portal.history.acts import change_set
from portal.history.querysets import TrackedQuerySet
from readers.models import Reader


class UserQuerySet(TrackedQuerySet):
    def bulk_create(self, objs: Any, *args: Any, **kwargs: Any) -> list[Any]:
        """Create these users, each with its Reader: no signal is sent for them."""
        with change_set():
            users = super().bulk_create(objs, *args, **kwargs)
            Reader.objects.create_missing(user.pk for user in users)
            return users

    def with_reader(self) -> "UserQuerySet":
        return self.select_related("reader__category", "reader__branch")

    def active(self) -> "UserQuerySet":
        return self.filter(is_active=True)
