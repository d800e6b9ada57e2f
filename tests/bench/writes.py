"""What it costs to record a write."""

from collections.abc import Iterator
from itertools import count

from django.db import transaction
from django.db.models import QuerySet
from simple_history.utils import bulk_create_with_history

from accounts.models import User
from portal.history.acts import change_set
from portal.history.querysets import TrackedQuerySet
from tests.bench.stock import StockPerson, make_tables
from tests.bench.timing import Ratio, quickest, seconds

PEOPLE = 20_000
ROUNDS = 4
SAVES = 200
_numbers = count()


def ratios() -> Iterator[Ratio]:
    make_tables()
    yield _one_save()
    plain, tracked, stock = _bulk()
    yield Ratio(
        f"bulk_create of {PEOPLE:,} with history : without", tracked, plain, 1.3
    )
    yield Ratio(
        f"bulk_create of {PEOPLE:,} with history : bulk_create_with_history",
        tracked,
        stock,
        1,
    )
    yield _update()


def _one_save() -> Ratio:
    person = User.objects.create(username="bench.save")

    def save(raw: bool) -> None:
        for _n in range(SAVES):
            person.first_name = f"Name {next(_numbers)}"
            with transaction.atomic():
                if raw:
                    # As fixtures are loaded: no receiver, no history.
                    person.save_base(raw=True, update_fields=["first_name"])
                else:
                    person.save(update_fields=["first_name"])

    tracked = quickest(lambda: save(raw=False))
    untracked = quickest(lambda: save(raw=True))
    return Ratio("one save with history : without", tracked, untracked)


def _people(model: type) -> list[User]:
    batch = next(_numbers)
    return [
        model(
            username=f"bench.{batch}.{n}",
            email=f"bench.{batch}.{n}@example.org",
            password="!",
            first_name="Anna",
            last_name="Berg",
        )
        for n in range(PEOPLE)
    ]


def _bulk() -> tuple[float, float, float]:
    """Seconds without history, with ours, and with the library's own."""
    plain, tracked, stock = [], [], []
    # In turns, so that a slow moment of the machine meets all three.
    for _round in range(ROUNDS):
        people = _people(User)
        with transaction.atomic():
            plain.append(seconds(lambda p=people: QuerySet(User).bulk_create(p)))
        people = _people(User)
        tracked.append(seconds(lambda p=people: TrackedQuerySet(User).bulk_create(p)))
        people = _people(StockPerson)
        stock.append(seconds(lambda p=people: bulk_create_with_history(p, StockPerson)))
    return min(plain), min(tracked), min(stock)


def _update() -> Ratio:
    people = User.objects.filter(username__startswith="bench.").order_by("pk")
    keys = list(people.values_list("pk", flat=True)[:PEOPLE])
    chosen = {"pk__range": (keys[0], keys[-1])}

    def tracked() -> None:
        with change_set():
            User.objects.filter(**chosen).update(first_name=f"N{next(_numbers)}")

    def plain() -> None:
        QuerySet(User).filter(**chosen).update(first_name=f"N{next(_numbers)}")

    with_history, without = quickest(tracked, ROUNDS), quickest(plain, ROUNDS)
    return Ratio(
        f"update() of {PEOPLE:,} with history : without", with_history, without
    )
