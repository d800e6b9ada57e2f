"""What is asked about a column, and what its cells answer themselves."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.imports.columns import COLUMNS
from accounts.imports.mapping.questions import look_at
from accounts.imports.mapping.reading import read_number


def pairs(examples):
    return [(each.before, each.after) for each in examples]


# --- Nothing is asked ------------------------------------------------------------


@pytest.mark.parametrize(
    ("cells", "order"),
    [
        ([], ""),
        (["", " "], ""),
        (["2024-03-04", "2024/03/04", "4 March 2024"], ""),
        (["04/04/2024"], ""),
        (["nonsense", "99/99/2024"], ""),
        (["03/04/2024", "25/04/2024"], "dmy"),
        (["03/04/2024", "04/25/2024"], "mdy"),
        (["25/04/2024"], "dmy"),
        (["25/04/2024", "04/25/2024"], ""),
    ],
)
def test_dates_that_answer_for_themselves_are_not_asked_about(cells, order):
    findings = look_at("birth_date", "Born", cells)

    assert not findings.has_questions
    assert findings.day_order == order


@pytest.mark.parametrize(
    ("title", "order"),
    [
        ("Born (dd/mm/yyyy)", "dmy"),
        ("Born MM/DD/YYYY", "mdy"),
        ("Geburtsdatum (TT.MM.JJJJ)", "dmy"),
        ("Né le (jj/mm/aaaa)", "dmy"),
    ],
)
def test_title_that_tells_the_order_is_believed(title, order):
    assert look_at("birth_date", title, ["03/04/2024"]).day_order == order


@pytest.mark.parametrize(
    "cells",
    [
        ["12345", "54321"],
        ["1", "22", "333", "4444"],
        ["12345", "0123", "54321", "11111"],
        ["1234", "123"],
        ["RR12", "12.5"],
        ["12", "13", "1"],
        ["1" * 40, "2" * 40, "3"],
    ],
)
def test_numbers_of_any_length_are_not_asked_about(cells):
    assert not look_at("card_number", "Card", cells).has_questions


@pytest.mark.parametrize("column", ["", "notes", "first_name", "is_active"])
def test_texts_are_not_asked_about(column):
    cells = ["03/04/2024", "12345.0", "12345", "54321", "123"]

    assert not look_at(column, "Notes", cells).has_questions


def test_phone_numbers_have_no_length():
    assert not look_at("phone", "Tel", ["2079460958", "2079460959", "999"]).zeros


# --- It is asked -----------------------------------------------------------------


def test_dates_that_may_be_two_are_asked_about_with_three_examples():
    cells = ["03/04/2024", "03/04/2024", "05.06.2024", "1-2-2024", "7/8/2024"]
    days = look_at("joined_on", "Joined", cells).days

    assert [each.text for each in days] == ["03/04/2024", "05.06.2024", "1-2-2024"]
    assert (days[0].day_first, days[0].month_first) == ("3 April 2024", "4 March 2024")


def test_dates_that_prove_both_orders_are_asked_about():
    cells = ["25/04/2024", "04/25/2024", "03/04/2024"]

    assert look_at("joined_on", "Joined (dd/mm/yyyy)", cells).days


def test_numbers_with_a_fraction_are_asked_about():
    findings = look_at("phone", "Tel", ["442079460958.0", "12.5"])

    assert pairs(findings.fractions) == [("442079460958.0", "442079460958")]


def test_numbers_that_lost_their_zeros_are_asked_about():
    findings = look_at("card_number", "Card", ["012345", "123456", "2345", "345"])

    assert findings.digits == 6
    assert pairs(findings.zeros) == [("2345", "002345"), ("345", "000345")]


def test_both_may_be_asked_of_one_column():
    findings = look_at("card_number", "Card", ["12345.0", "54321.0", "123.0"])

    assert pairs(findings.fractions)[0] == ("12345.0", "12345")
    assert pairs(findings.zeros) == [("123.0", "00123")]


@given(
    st.sampled_from(["", *COLUMNS]),
    st.text(max_size=9),
    st.lists(st.text(max_size=9) | st.from_regex(r"\A[0-9./-]{1,12}\Z"), max_size=9),
)
def test_any_cells_are_looked_at(column, title, cells):
    findings = look_at(column, title, cells)

    for each in findings.zeros:
        assert read_number(each.before, findings.digits, True) == each.after
