"""What a column's first cells leave open, and only the importer knows."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from accounts.imports.days import readings_of, spell_day
from accounts.imports.mapping.reading import FRACTION, is_all_digits, read_number
from accounts.imports.options import (
    DATE_COLUMNS,
    MOST_DIGITS,
    NUMBER_COLUMNS,
    DayOrder,
)

SAMPLE_ROWS = 1_000
MOST_EXAMPLES = 3
# Phone numbers have no length of their own.
FIXED_LENGTH_COLUMNS = NUMBER_COLUMNS - {"phone"}
SHORTEST_FIXED = 4
ENOUGH_OF_ONE_LENGTH = 2


@dataclass(frozen=True, slots=True)
class DayExample:
    text: str
    day_first: str
    month_first: str


@dataclass(frozen=True, slots=True)
class NumberExample:
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Findings:
    """What the cells say about a column; each list of examples is a question."""

    # The order that the dates prove, so that nobody needs to be asked.
    day_order: str = ""
    days: tuple[DayExample, ...] = ()
    fractions: tuple[NumberExample, ...] = ()
    zeros: tuple[NumberExample, ...] = ()
    # How long the numbers are that lost none.
    digits: int = 0

    @property
    def has_questions(self) -> bool:
        return bool(self.days or self.fractions or self.zeros)


def look_at(column: str, title: str, cells: Iterable[str]) -> Findings:
    """For a column of the file (its first cells) that is to be `column` of ours."""
    texts = [text for cell in cells if (text := cell.strip())]
    if column in DATE_COLUMNS:
        return _look_at_days(title, texts)
    if column in NUMBER_COLUMNS:
        digits, zeros = (
            _lost_zeros(texts) if column in FIXED_LENGTH_COLUMNS else (0, ())
        )
        return Findings(fractions=_fractions(texts), zeros=zeros, digits=digits)
    return Findings()


def _look_at_days(title: str, texts: Sequence[str]) -> Findings:
    proven: set[str] = set()
    open_ones: dict[str, dict[str, date]] = {}
    for text in texts:
        readings = readings_of(text)
        if len(readings) == 1:
            proven |= readings.keys() - {DayOrder.YMD.value}
        elif len(set(readings.values())) > 1:
            open_ones[text] = readings
    if len(proven) == 1:
        return Findings(day_order=proven.pop())
    if not open_ones:
        return Findings()
    if not proven and (told := _told_by(title)):
        return Findings(day_order=told)
    return Findings(
        days=tuple(
            DayExample(
                text,
                spell_day(readings[DayOrder.DMY]),
                spell_day(readings[DayOrder.MDY]),
            )
            for text, readings in list(open_ones.items())[:MOST_EXAMPLES]
        )
    )


# «Date of birth (dd/mm/yyyy)», «Geburtsdatum (TT.MM.JJJJ)», «né le (jj/mm/aaaa)».
_DAY_FIRST = re.compile(r"\b(dd?|tt?|jj?)[/.-]mm?[/.-]", re.IGNORECASE)
_MONTH_FIRST = re.compile(r"\bmm?[/.-]dd?[/.-]", re.IGNORECASE)


def _told_by(title: str) -> str:
    if _DAY_FIRST.search(title):
        return DayOrder.DMY.value
    return DayOrder.MDY.value if _MONTH_FIRST.search(title) else ""


def _fractions(texts: Iterable[str]) -> tuple[NumberExample, ...]:
    return _changed(texts, digits=0)


def _lost_zeros(texts: Sequence[str]) -> tuple[int, tuple[NumberExample, ...]]:
    """The length that most numbers have, and shorter ones that begin with no zero.

    Numbers of any length, and those where a short one has kept its zero, were never
    filled up.
    """
    numbers = [text for text in map(_without_fraction, texts) if is_all_digits(text)]
    if not numbers:
        return 0, ()
    digits, count = Counter(map(len, numbers)).most_common(1)[0]
    short = [number for number in numbers if len(number) < digits]
    is_fixed = (
        SHORTEST_FIXED <= digits <= MOST_DIGITS
        and digits == max(map(len, numbers))
        and count >= max(ENOUGH_OF_ONE_LENGTH, len(short))
    )
    if not is_fixed or not short or any(each[0] == "0" for each in short):
        return 0, ()
    return digits, _changed(texts, digits)


def _changed(texts: Iterable[str], digits: int) -> tuple[NumberExample, ...]:
    found: dict[str, str] = {}
    for text in texts:
        after = read_number(text, digits, drops_fraction=True)
        # One question is about zeros, the other about what stands behind the point.
        if after != (_without_fraction(text) if digits else text):
            found[text] = after
            if len(found) == MOST_EXAMPLES:
                break
    return tuple(NumberExample(*pair) for pair in found.items())


def _without_fraction(text: str) -> str:
    found = FRACTION.fullmatch(text)
    return found.group(1) if found else text
