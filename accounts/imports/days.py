"""Days as people write them: 2024-03-12, 12/03/2024, «12 March 2024»."""

import re
import unicodedata
from collections import defaultdict
from datetime import date, datetime, time

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from accounts.imports.options import DayOrder
from portal.sheets.problems import quote

# January to December: English, German, French, Spanish, Dutch.
MONTHS = [
    "january januar janvier enero januari",
    "february februar fevrier febrero februari",
    "march marz maerz mars marzo maart mrt",
    "april avril abril",
    "may mai mayo mei",
    "june juni juin junio",
    "july juli juillet julio",
    "august aout agosto augustus",
    "september septembre septiembre setiembre",
    "october oktober octobre octubre",
    "november novembre noviembre",
    "december dezember decembre diciembre",
]
SHORTEST_MONTH = 3
_PLACES = {DayOrder.DMY: (2, 1, 0), DayOrder.MDY: (2, 0, 1), DayOrder.YMD: (0, 1, 2)}

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}.*")
# Spreadsheets write a date's time too, when they save as text.
_MIDNIGHT = re.compile(r",?\s+(0?0:00(:00(\.0+)?)?|12:00(:00)?\s?AM)", re.IGNORECASE)
_NUMBERS = re.compile(r"([0-9]{1,4})\s?([/.-])\s?([0-9]{1,2})\s?\2\s?([0-9]{1,4})")
_TH = r"(?:st|nd|rd|th|er|e|º|\.)?"
_DAY_FIRST = re.compile(
    rf"([0-9]{{1,2}}){_TH}[\s/-]*(?:(?:of|de)\s+)?([^\W\d_]+)\.?,?"
    r"[\s/-]*(?:del?\s+)?([0-9]{2,4})",
    re.IGNORECASE,
)
_MONTH_FIRST = re.compile(
    rf"([^\W\d_]+)\.?[\s/-]*([0-9]{{1,2}}){_TH}(?:,\s*|[\s/-]+)([0-9]{{2,4}})",
    re.IGNORECASE,
)
_SERIAL = re.compile(r"[1-7][0-9]{4}(\.0+)?")
_YEAR = re.compile(r"[0-9]{4}")


def read_day(text: str, order: str = "") -> date:
    """Raises ValueError with what would be accepted.

    `order` (a DayOrder) is what the column was said to have; a date which can only be
    read against it is refused, for then one of the two is wrong.
    """
    text = text.strip()
    if day := _iso(text) or _in_words(text):
        return day
    readings = readings_of(text)
    chosen = readings.get(DayOrder.YMD) or readings.get(order)
    if chosen:
        return chosen
    if not readings:
        raise ValueError(_unreadable(text))
    if order:
        raise ValueError(_against(text, order))
    if len(set(readings.values())) > 1:
        raise ValueError(_ambiguous(text, readings))
    return next(iter(readings.values()))


def readings_of(text: str) -> dict[str, date]:
    """How three numbers may be read, by order; {} when they are no date at all."""
    found = _NUMBERS.fullmatch(_MIDNIGHT.sub("", text.strip()))
    if found is None:
        return {}
    numbers = found.group(1, 3, 4)
    readings = {}
    for order, (year, month, day) in _PLACES.items():
        if _YEAR.fullmatch(numbers[year]):
            made = _date(int(numbers[year]), int(numbers[month]), int(numbers[day]))
            if made:
                readings[order.value] = made
    return readings


def spell_day(day: date) -> str:
    """A day that nobody reads wrong: 3 April 2024."""
    return date_format(day, "j F Y")


def _iso(text: str) -> date | None:
    """A moment counts only as its midnight, which is how sheets keep dates."""
    try:
        if _ISO.fullmatch(text):
            return date.fromisoformat(text)
        if _MOMENT.fullmatch(text):
            moment = datetime.fromisoformat(text)
            return moment.date() if moment.time() == time.min else None
    except ValueError:
        pass
    return None


def _words_of(text: str) -> tuple[str, str, str] | None:
    """Day, month and year of a text that names the month."""
    text = _MIDNIGHT.sub("", text)
    if found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif found := _MONTH_FIRST.fullmatch(text):
        month, day, year = found.groups()
    else:
        return None
    return (day, month, year) if _plain(month) in _MONTHS else None


def _in_words(text: str) -> date | None:
    words = _words_of(text)
    if words is None or not _YEAR.fullmatch(words[2]):
        return None
    day, month, year = words
    return _date(int(year), _MONTHS[_plain(month)], int(day))


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _plain(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(each for each in letters if not unicodedata.combining(each))


def _months() -> dict[str, int]:
    """Each beginning of a month's name that begins no other month's."""
    meant: defaultdict[str, set[int]] = defaultdict(set)
    for number, names in enumerate(MONTHS, 1):
        for name in names.split():
            for length in range(SHORTEST_MONTH, len(name) + 1):
                meant[name[:length]].add(number)
    return {word: min(found) for word, found in meant.items() if len(found) == 1}


_MONTHS = _months()


def _unreadable(text: str) -> str:
    if _SERIAL.fullmatch(text):
        return _(
            "%s is a spreadsheet's count of days; format the column as a date, or "
            "write year, month, day: 2024-03-12."
        ) % quote(text)
    if _has_short_year(text):
        return _(
            "%s leaves the century open; write the year with four digits: 2024-03-12."
        ) % quote(text)
    return _(
        "%s is not a date I can read; write year, month, day: 2024-03-12."
    ) % quote(text)


def _has_short_year(text: str) -> bool:
    if numbers := _NUMBERS.fullmatch(_MIDNIGHT.sub("", text)):
        return not any(map(_YEAR.fullmatch, numbers.group(1, 3, 4)))
    words = _words_of(text)
    return words is not None and not _YEAR.fullmatch(words[2])


def _against(text: str, order: str) -> str:
    return _(
        "%(text)s does not fit the column's dates (%(order)s); write year, month, "
        "day: 2024-03-12."
    ) % {"text": quote(text), "order": DayOrder(order).label.lower()}


def _ambiguous(text: str, readings: dict[str, date]) -> str:
    one, other = readings[DayOrder.DMY], readings[DayOrder.MDY]
    return _(
        "%(text)s may be %(one)s or %(other)s; write %(one_iso)s or %(other_iso)s, or "
        "say for the column which comes first."
    ) % {
        "text": quote(text),
        "one": spell_day(one),
        "other": spell_day(other),
        "one_iso": one.isoformat(),
        "other_iso": other.isoformat(),
    }
