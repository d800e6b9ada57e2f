"""Days as people write them, and those that are not guessed."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.imports.days import read_day, readings_of
from accounts.imports.options import DayOrder

ORDERS = ["", *DayOrder.values]
DAYS = st.dates(min_value=date(1000, 1, 1))


@pytest.mark.parametrize(
    ("text", "order", "message"),
    [
        ("03/04/2024", "", "3 April 2024 or 4 March 2024; write 2024-04-03 or 2024-03"),
        ("3.4.2024", "", "may be 3 April 2024 or 4 March 2024"),
        ("03-04-2024 00:00", "", "may be 3 April 2024"),
        ("03/25/2024", "dmy", "does not fit the column's dates .day, month, year"),
        ("25/03/2024", "mdy", "does not fit the column's dates .month, day, year"),
        ("25/03/2024", "ymd", "does not fit the column's dates .year, month, day"),
        ("03/04/24", "dmy", "century open; write the year with four digits"),
        ("24-03-04", "ymd", "four digits"),
        ("12 March 24", "", "four digits"),
        ("March 12, 24", "", "four digits"),
        ("45363", "", "count of days; format the column as a date"),
        ("45363.0", "dmy", "count of days"),
        ("30/02/2024", "", "not a date I can read; write year, month, day: 2024-03-12"),
        ("31 April 2024", "", "not a date I can read"),
        ("12 jui 2024", "", "not a date I can read"),
        ("12/03.2024", "dmy", "not a date I can read"),
        ("2024-03-12T10:30", "", "not a date I can read"),
        ("12/03/2024 10:30", "dmy", "not a date I can read"),
        ("20240312", "", "not a date I can read"),
        ("١٢/٠٣/٢٠٢٤", "dmy", "not a date I can read"),
        ("Mayhem 12, 2024", "", "not a date I can read"),
        ("next week", "", "«next week» is not a date"),
        ("", "", "not a date I can read"),
    ],
)
def test_day_that_would_be_a_guess_is_refused(text, order, message):
    with pytest.raises(ValueError, match=message):
        read_day(text, order)


@pytest.mark.parametrize(
    ("text", "order"),
    [
        ("2024-03-12", "dmy"),
        ("2024-03-12 00:00:00", ""),
        ("2024-03-12T00:00:00+00:00", ""),
        ("2024/3/12", "dmy"),
        ("2024.03.12", "ymd"),
        ("12/03/2024", "dmy"),
        ("3/12/2024", "mdy"),
        ("12. 3. 2024", "dmy"),
        ("12-03-2024 0:00", "dmy"),
        ("3/12/2024 12:00:00 AM", "mdy"),
        ("12 March 2024", ""),
        ("12 march 2024", "mdy"),
        ("12-Mar-2024", ""),
        ("12Mar2024", ""),
        ("12th of March, 2024", ""),
        ("March 12, 2024", ""),
        ("Mar. 12th 2024", ""),
        ("12. März 2024", ""),
        ("12 mars 2024", ""),
        ("12 de marzo de 2024", ""),
        ("12 maart 2024", ""),
        ("12 mrt 2024", ""),
        ("  12 March 2024  ", ""),
    ],
)
def test_day_is_read(text, order):
    assert read_day(text, order) == date(2024, 3, 12)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("25/03/2024", date(2024, 3, 25)),
        ("03/25/2024", date(2024, 3, 25)),
        ("04.04.2024", date(2024, 4, 4)),
        ("1er août 2024", date(2024, 8, 1)),
        ("24. Dez. 1899", date(1899, 12, 24)),
    ],
)
def test_day_that_can_be_read_in_one_way_needs_no_order(text, day):
    assert read_day(text) == day


@given(st.text(max_size=20) | st.from_regex(r"[0-9]{1,4}[/.-][0-9]+[/.-][0-9]+"))
def test_any_text_is_read_or_refused(text):
    for order in ORDERS:
        with suppress(ValueError):
            assert isinstance(read_day(text, order), date)


@given(DAYS, st.sampled_from("/.-"))
def test_every_day_comes_back_in_its_own_order(day, separator):
    written = {
        "dmy": day.strftime(f"%d{separator}%m{separator}%Y"),
        "mdy": day.strftime(f"%m{separator}%d{separator}%Y"),
        "ymd": day.strftime(f"%Y{separator}%m{separator}%d"),
    }

    assert {read_day(text, order) for order, text in written.items()} == {day}


@given(DAYS)
def test_a_day_is_read_without_an_order_only_when_there_is_one_way(day):
    text = day.strftime("%d/%m/%Y")
    ways = set(readings_of(text).values())

    if len(ways) == 1:
        assert read_day(text) == day
    else:
        with pytest.raises(ValueError, match="may be"):
            read_day(text)
