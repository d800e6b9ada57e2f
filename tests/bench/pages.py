"""What the history pages cost as history grows."""

from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.bench.fill import fill_history
from tests.bench.statistics import gather_statistics
from tests.bench.timing import Ratio, quickest

FEW, MANY = 10_000, 1_000_000
VERSIONS = 60
TARGET = 1.5


def ratios() -> Iterator[Ratio]:
    # The tests' way with static files: none are collected here.
    settings.MIDDLEWARE = [m for m in settings.MIDDLEWARE if "whitenoise" not in m]
    # Nobody stands there to show one.
    settings.SECOND_FACTOR_RIGHTS = []
    boss = User.objects.create_superuser("bench.boss")
    person = User.objects.create(
        username="bench.person", first_name="Änne", last_name="Groß"
    )
    for n in range(VERSIONS):
        person.first_name = f"Version {n}"
        person.save()
    client = Client()
    client.force_login(boss)
    fill_history(FEW)
    small = _measured(client, person)
    fill_history(MANY)
    large = _measured(client, person)
    for name, (_address, target) in _pages(person).items():
        yield Ratio(
            f"{name}: {MANY:,} history rows : {FEW:,}", large[name], small[name], target
        )


def _pages(person: Any) -> dict[str, tuple[str, float | None]]:
    history = reverse("admin:portal_changeset_changelist")
    timeline = reverse("admin:accounts_user_history", args=[person.pk])
    return {
        "History page": (history, TARGET),
        "its page 100": (f"{history}?p=100", TARGET),
        "by actor": (f"{history}?actor=actor7", TARGET),
        "by field": (f"{history}?field=accounts.user.email", TARGET),
        "only sensitive": (f"{history}?sensitive=yes", TARGET),
        "by kind and field": (
            f"{history}?kind=import&field=accounts.user.last_name",
            TARGET,
        ),
        "by a name": (f"{history}?q=groß", None),
        "a person's timeline": (timeline, TARGET),
    }


def _measured(client: Client, person: Any) -> dict[str, float]:
    gather_statistics()
    return {
        name: quickest(lambda url=url: _open(client, url))
        for name, (url, _target) in _pages(person).items()
    }


def _open(client: Client, url: str) -> None:
    response = client.get(url)
    if response.status_code != 200:
        raise RuntimeError(f"{url} answered {response.status_code}.")
