"""The demo's library in the database: how it opens, and how people get into it."""

from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any

from django.contrib.auth.models import Group
from django.utils import timezone

from accounts.demo.people import (
    BRANCHES,
    CATEGORIES,
    birth_date,
    card_number,
    phone,
)
from accounts.models import User
from portal.history.acts import Act, change_set
from portal.models import ChangeSet
from readers.models import Branch, Category, Reader

USER_FIELDS = {"first_name", "last_name", "email", "is_active"}
OPENS_AT = 9
OPEN_MINUTES = 9 * 60

# Username → given and family name, role.
STAFF = {
    "front-desk": ("Dilara", "Aydın", "Front desk"),
    "importer": ("Tomáš", "Horák", "Importer"),
    "auditor": ("Ngozi", "Adéyẹmí", "Auditor"),
    "manager": ("Ingrid", "Sæther", "Manager"),
}


@dataclass
class Library:
    """What stands in the database so far, by the names that the demo gives it."""

    rng: Random
    today: date
    branches: dict[str, Branch] = field(default_factory=dict)
    categories: dict[str, Category] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)

    def moment(self, days_ago: int) -> datetime:
        """Some minute of that day's opening hours; `days_ago` is 1 or more."""
        day = self.today - timedelta(days=days_ago)
        minutes = timedelta(minutes=self.rng.randrange(OPEN_MINUTES))
        return timezone.make_aware(datetime.combine(day, time(OPENS_AT)) + minutes)

    def act(
        self, actor: str, at: datetime, *, kind: str = ChangeSet.Kind.FORM, **more: Any
    ) -> AbstractContextManager[Act]:
        """An act of one of the staff at that time; `more` is as for `change_set`."""
        return change_set(kind=kind, actor=self.users[actor], at=at, **more)

    def open(self, at: datetime, password: str) -> None:
        """Make what the library begins with: branches, categories and staff."""
        with change_set(
            kind=ChangeSet.Kind.COMMAND, origin="demo", reason="The demo begins.", at=at
        ):
            for code, name in BRANCHES.items():
                self.branches[code] = Branch.objects.create(code=code, name=name)
            for name, (loan_period, *_ages) in CATEGORIES.items():
                self.categories[name] = Category.objects.create(
                    name=name, loan_period=loan_period
                )
            for username in STAFF:
                self._employ(username, at, password)

    def _employ(self, username: str, at: datetime, password: str) -> None:
        given, family, role = STAFF[username]
        values = {
            "first_name": given,
            "last_name": family,
            "email": f"{username}@example.org",
            "card_number": card_number(self.rng),
            "category": "Staff",
            "branch": "CENTRAL",
            "phone": phone(self.rng),
            "birth_date": birth_date(self.rng, self.today, "Staff"),
            "joined_on": at.date() - timedelta(days=self.rng.randint(30, 900)),
        }
        user = self.build(username, values, at)
        user.is_staff = True
        user.set_password(password)
        user.save()
        user.groups.add(Group.objects.get(name=role))

    def build(self, username: str, values: dict[str, Any], at: datetime) -> User:
        """An unsaved user with its Reader hung on it; saving the user saves both."""
        user = User(username=username, date_joined=at)
        user.set_unusable_password()
        self._assign(user, Reader(user=user), values)
        self.users[username] = user
        return user

    def change(self, username: str, values: dict[str, Any]) -> None:
        """Save these values on the user or on its Reader, wherever each belongs."""
        user = self.users[username]
        of_user = USER_FIELDS & set(values)
        of_reader = set(values) - USER_FIELDS
        self._assign(user, user.reader, values)
        if of_user:
            user.save(update_fields=of_user)
        if of_reader:
            user.reader.save(update_fields=of_reader)

    def _assign(self, user: User, reader: Reader, values: dict[str, Any]) -> None:
        named: dict[str, dict[str, Any]] = {
            "branch": self.branches,
            "category": self.categories,
        }
        for name, value in values.items():
            owner = user if name in USER_FIELDS else reader
            setattr(owner, name, named.get(name, {}).get(value, value))
