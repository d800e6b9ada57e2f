"""What the Reader's rules say of a row's dates, as far as its actor may learn it."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from accounts.imports.reaching import ImportReach
from accounts.policy import JOINED_EARLIER
from readers.models import Reader

DATES = ("birth_date", "joined_on", "expires_on")

type Problems = dict[str, list[str]]


class DateRules:
    """Adds to the problems of a row; take a new one for each run."""

    def __init__(self, reach: ImportReach) -> None:
        self._reach = reach
        self._probe = Reader()
        self._today = timezone.localdate()

    def check_new(self, values: Mapping[str, Any], problems: Problems) -> None:
        self._check(values, {}, problems)

    def check_known(
        self, values: Mapping[str, Any], before: Mapping[str, str], problems: Problems
    ) -> None:
        """Beside a hidden birth date, every earlier day of joining gets one answer."""
        if values.keys().isdisjoint(DATES):
            return
        if self._reach.hides_birth_date(before["branch"]):
            before = {**before, "birth_date": ""}
            if self._is_joined_earlier(values, before):
                problems.setdefault("joined_on", []).append(str(JOINED_EARLIER))
        self._check(values, before, problems)

    def _is_joined_earlier(
        self, values: Mapping[str, Any], before: Mapping[str, str]
    ) -> bool:
        if "joined_on" not in values or not before["joined_on"]:
            return False
        joined_on = _day(values["joined_on"]) or self._today
        return joined_on < date.fromisoformat(before["joined_on"])

    def _check(
        self, values: Mapping[str, Any], before: Mapping[str, str], problems: Problems
    ) -> None:
        """What the dates have against each other."""
        if not problems.keys().isdisjoint(DATES):
            return
        probe = self._probe
        for name in DATES:
            setattr(probe, name, _day(values.get(name, before.get(name))))
        if probe.joined_on is None:
            probe.joined_on = self._today
        for name, text in probe.problems_with_dates(self._today).items():
            problems.setdefault(name, []).append(str(text))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
