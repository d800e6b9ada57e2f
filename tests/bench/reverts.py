"""What it costs to look at a large change set, and to take it back."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from portal.history.acts import change_set
from portal.models import ChangeSet
from readers.models import Reader
from tests.bench.statistics import gather_statistics
from tests.bench.timing import Ratio, quickest, seconds

PEOPLE = 100_000
# No slower than a third of the speed at which it was written.
TARGET = 3
SECOND = 1.0


def ratios() -> Iterator[Ratio]:
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]
    # Nobody stands there to show one.
    settings.SECOND_FACTOR_RIGHTS = []
    # In the request, so that the time is that of the work alone.
    settings.REVERT_IN_BACKGROUND_ROWS = 10 * PEOPLE
    client = Client()
    client.force_login(User.objects.create_superuser("bench.boss"))
    people = User.objects.filter(username__startswith="bench.person")
    for what, write in (
        (f"import of {PEOPLE:,} people", _import),
        (f"change of {PEOPLE:,} readers", lambda: _change(people)),
    ):
        yield from _taken_back(client, what, write)


def _import() -> None:
    with change_set(kind="import", subject="bench.csv"):
        User.objects.bulk_create(
            User(
                username=f"bench.person.{n}",
                email=f"bench.{n}@example.org",
                password="!",
                first_name="Anna",
                last_name="Berg",
            )
            for n in range(PEOPLE)
        )


def _change(people: Any) -> None:
    with change_set(kind="action", subject="Notes"):
        Reader.objects.filter(user__in=people).update(notes="Large print")


def _taken_back(
    client: Client, what: str, write: Callable[[], None]
) -> Iterator[Ratio]:
    """The revert, then the revert of that: so that the next begins where this did."""
    written = seconds(write)
    gather_statistics()
    first = ChangeSet.objects.latest("pk")
    yield Ratio(f"{what}: shown : a second", _shown(client, first), SECOND, 1)
    yield Ratio(f"{what}: reverted : written", _revert(client, first), written, TARGET)
    again = ChangeSet.objects.latest("pk")
    gather_statistics()
    yield Ratio(f"{what}: revert shown : a second", _shown(client, again), SECOND, 1)
    yield Ratio(
        f"{what}: brought back : written", _revert(client, again), written, TARGET
    )
    gather_statistics()


def _address(made: ChangeSet) -> str:
    return reverse("admin:portal_changeset_revert", args=[made.pk])


def _shown(client: Client, made: ChangeSet) -> float:
    return quickest(lambda: client.get(_address(made)), 3)


def _revert(client: Client, made: ChangeSet) -> float:
    digest = client.get(_address(made)).context["plan"].digest
    sent = {"digest": digest, "change_reason": "By mistake"}
    took = seconds(lambda: client.post(_address(made), sent))
    if not ChangeSet.objects.filter(reverts=made).exists():
        raise RuntimeError(f"{made} was not reverted.")
    return took
