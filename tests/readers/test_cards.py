"""Card numbers: generated ones verify, mistyped ones are refused."""

import re

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from readers.cards import (
    DIGITS,
    PREFIX,
    generate_card_number,
    generate_card_numbers,
    validate_card_number,
)
from readers.models import Reader

LENGTH = DIGITS + 1
# Each draw is a number of our scheme, as the generator makes it.
numbers = st.builds(generate_card_number)
places = st.integers(0, LENGTH - 1)


def is_refused(number):
    try:
        validate_card_number(number)
    except ValidationError:
        return True
    return False


# --- Refusals --------------------------------------------------------------------


def test_refusal_gives_an_example_that_is_accepted():
    with pytest.raises(ValidationError) as refused:
        validate_card_number("*")

    [example] = re.findall(r"RR\d+", str(refused.value))
    assert not is_refused(example)


@given(numbers, places, st.integers(1, 9))
def test_each_single_mistyped_digit_is_refused(number, place, by):
    place += len(PREFIX)
    wrong = (int(number[place]) + by) % 10

    assert is_refused(f"{number[:place]}{wrong}{number[place + 1 :]}")


@given(numbers, st.integers(0, LENGTH - 2))
def test_each_swap_of_two_neighbours_is_refused(number, place):
    place += len(PREFIX)
    first, second = number[place : place + 2]
    swapped = f"{number[:place]}{second}{first}{number[place + 2 :]}"

    assert is_refused(swapped) == (first != second)


@given(numbers, places)
def test_missing_or_doubled_digit_is_refused(number, place):
    place += len(PREFIX)

    assert is_refused(number[:place] + number[place + 1 :])
    assert is_refused(number[: place + 1] + number[place:])


@pytest.mark.parametrize(
    "number", ["", " ", "-1", "A B", "Ä1", "A\n", "A\0", "١٢٣", "RR", "<b>", "=1+1"]
)
def test_what_no_card_bears_is_refused(number):
    # «RR» alone is no number of our scheme: some other library may use it.
    assert is_refused(number) == (number != "RR")


# --- What is accepted ------------------------------------------------------------


@given(numbers)
def test_generated_number_verifies(number):
    assert not is_refused(number)
    assert number.startswith(PREFIX) and len(number) == len(PREFIX) + LENGTH


@pytest.mark.parametrize("number", ["LIB-77", "2026/15", "A", "1", "RR-12", "X.9"])
def test_number_of_another_scheme_is_accepted(number):
    assert not is_refused(number)


def test_generated_numbers_differ_from_each_other_and_from_the_taken():
    taken = generate_card_numbers(50)
    numbers = generate_card_numbers(50, taken)

    assert len({*taken, *numbers}) == 100


# --- On the Reader ---------------------------------------------------------------


@pytest.mark.django_db
@pytest.mark.parametrize("blank", ["", "   "])
def test_blank_number_is_filled_on_save(reader_user, blank):
    reader = reader_user.reader
    reader.card_number = blank
    reader.save()
    reader.refresh_from_db()

    assert not is_refused(reader.card_number)


@pytest.mark.django_db
def test_blank_number_is_filled_when_only_other_fields_are_saved(reader_user):
    Reader.objects.update(card_number="")
    reader = Reader.objects.get()
    reader.notes = "New"
    reader.save(update_fields=["notes"])
    reader.refresh_from_db()

    assert reader.notes == "New" and reader.card_number


@pytest.mark.django_db
def test_taken_number_is_drawn_again(reader_user, monkeypatch):
    taken = reader_user.reader.card_number
    drawn = iter([taken, taken, "RR000000000"])
    monkeypatch.setattr("readers.models.reader.generate_card_number", drawn.__next__)

    assert User.objects.create(username="ben").reader.card_number == "RR000000000"


@pytest.mark.django_db
def test_typed_number_is_kept_in_upper_case_without_spaces_around(reader_user):
    reader_user.reader.card_number = "  lib-7a "
    reader_user.reader.save()

    assert Reader.objects.get().card_number == "LIB-7A"


@pytest.mark.django_db
def test_taken_numbers_are_drawn_again_for_many_at_once(reader_user, monkeypatch):
    taken = reader_user.reader.card_number
    drawn = iter([taken, *(f"NEW-{n}" for n in range(2000))])
    monkeypatch.setattr("readers.cards.generate_card_number", drawn.__next__)

    User.objects.bulk_create([User(username="ben"), User(username="cem")])

    cards = Reader.objects.exclude(user=reader_user).values_list("card_number")
    assert sorted(cards) == [("NEW-0",), ("NEW-1",)]
