"""Cells on their way to the widgets, as the importer answered."""

import pytest

from accounts.imports.columns import COLUMNS
from accounts.imports.mapping import reading
from accounts.imports.mapping.reading import reader_of
from accounts.imports.options import DATE_COLUMNS, ColumnChoice


def read(text, column, **kwargs):
    return reader_of(ColumnChoice("x", column, **kwargs))(text)


def test_day_that_may_be_two_is_refused_with_both():
    with pytest.raises(ValueError, match="write 2024-04-03 or 2024-03-04"):
        read("03/04/2024", "birth_date")


def test_day_that_was_refused_is_refused_again():
    reader = reader_of(ColumnChoice("x", "birth_date"))

    for _time in range(2):
        with pytest.raises(ValueError, match="not a date"):
            reader("soon")


@pytest.mark.parametrize("column", ["", *sorted(set(COLUMNS) - DATE_COLUMNS)])
def test_column_without_an_answer_needs_no_reader(column):
    assert reader_of(ColumnChoice("x", column)) is None


@pytest.mark.parametrize("text", ["", "RR12", "12.5", "-12", "1.2E+3", "١٢", " a "])
def test_what_is_no_number_stays(text):
    assert read(text, "card_number", digits=9, drops_fraction=True) == text


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("03/04/2024", "dmy", "2024-04-03"),
        ("03/04/2024", "mdy", "2024-03-04"),
        ("2024-03-04", "", "2024-03-04"),
        ("4 March 2024", "", "2024-03-04"),
        (" ", "dmy", ""),
    ],
)
def test_day_is_read_as_answered(text, order, day):
    assert read(text, "joined_on", day_order=order) == day


@pytest.mark.parametrize(
    ("text", "answers", "number"),
    [
        ("12345.0", {"drops_fraction": True}, "12345"),
        ("12345.000", {"drops_fraction": True}, "12345"),
        ("12345.0", {"digits": 7}, "12345.0"),
        (" 123 ", {"digits": 5}, "00123"),
        ("1234567", {"digits": 5}, "1234567"),
        ("123.0", {"digits": 5, "drops_fraction": True}, "00123"),
    ],
)
def test_number_is_read_as_answered(text, answers, number):
    assert read(text, "card_number", **answers) == number


def test_what_is_kept_does_not_grow_with_the_file(monkeypatch):
    monkeypatch.setattr(reading, "MOST_KEPT", 3)
    reader = reader_of(ColumnChoice("x", "joined_on"))

    for day in range(1, 28):
        assert reader(f"2024-03-{day:02}") == f"2024-03-{day:02}"
    assert len(reader.__self__) <= 3
