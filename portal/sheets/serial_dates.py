"""Dates as Excel keeps them: days since the end of 1899, or since 1904."""

import datetime as dt

from portal.sheets.values import text_of

DAY_ZERO = dt.datetime(1899, 12, 30)
# Excel believes that 1900 was a leap year, and counts from here as it should.
FIRST_OF_MARCH_1900 = 60
DAYS_TO_1904 = 1462
MILLISECONDS = 24 * 60 * 60 * 1000


def date_text(serial: float, *, from_1904: bool) -> str | None:
    """None when there is no such date, as below zero or after the year 9999."""
    if serial < 0:
        return None
    if serial < 1:
        return text_of(_duration(serial))
    if from_1904:
        serial += DAYS_TO_1904
    elif serial < FIRST_OF_MARCH_1900:
        serial += 1
    try:
        return text_of(DAY_ZERO + _duration(serial))
    except OverflowError:
        return None


def duration_text(serial: float) -> str | None:
    try:
        return text_of(_duration(serial))
    except OverflowError:
        return None


def _duration(serial: float) -> dt.timedelta:
    return dt.timedelta(milliseconds=round(serial * MILLISECONDS))
