"""Usernames proposed from names in any script."""

import pytest
from django.contrib.auth.validators import UnicodeUsernameValidator
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import User
from accounts.usernames import free_username, propose_username

# What a form lets through: no surrogates (they are not text), no NUL.
names = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=150
)


def is_valid(username):
    try:
        UnicodeUsernameValidator()(username)
        User._meta.get_field("username").run_validators(username)
    except ValidationError:
        return False
    return True


@given(names, names)
def test_proposal_is_valid_or_blank(first_name, last_name):
    proposal = propose_username(first_name, last_name)

    assert proposal == "" or is_valid(proposal)


@given(names, names)
def test_proposal_is_stored_as_it_is(first_name, last_name):
    proposal = propose_username(first_name, last_name)

    assert User.normalize_username(proposal) == proposal


@given(names, names)
def test_proposal_leaves_room_for_a_number(first_name, last_name):
    assert len(f"{propose_username(first_name, last_name)}999999999") <= 150


@pytest.mark.parametrize(
    ("first_name", "last_name", "proposal"),
    [
        ("", "", ""),
        ("--", "!?", ""),
        ("Anna", "Berg", "anna.berg"),
        ("Anna", "", "anna"),
        ("Jean-Luc", "O’Neill", "jean-luc.o-neill"),
        ("Zoë", "Müller", "zoe.muller"),
        ("Zoe\u0308", "Mu\u0308ller", "zoe.muller"),
        ("Łukasz", "Żółć", "łukasz.zołc"),
        ("Андрей", "Иванов", "андрей.иванов"),
        ("明", "王", "明.王"),
        ("محمد", "علي", "محمد.علي"),
        ("ﬁona", "Ⅳ", "fiona.iv"),
        ("İpek", "Işık", "ipek.isık"),
    ],
)
def test_proposal_keeps_the_script_and_drops_latin_marks(
    first_name, last_name, proposal
):
    assert propose_username(first_name, last_name) == proposal


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("taken", "name", "proposal"),
    [
        ([], ("Anna", "Berg"), "anna.berg"),
        (["ANNA.BERG"], ("Anna", "Berg"), "anna.berg2"),
        (["anna.berg", "anna.berg2"], ("Anna", "Berg"), "anna.berg3"),
        (["anna.berger"], ("Anna", "Berg"), "anna.berg"),
        (["МАРИЯ.ИВАНОВА"], ("Мария", "Иванова"), "мария.иванова2"),
        (["anna_b"], ("Anna", ""), "anna"),
        (["a%"], ("A", ""), "a"),
    ],
)
def test_taken_username_gets_a_number(taken, name, proposal):
    User.objects.bulk_create(User(username=each) for each in taken)

    assert free_username(*name, User.objects) == proposal


@pytest.mark.django_db
def test_many_of_one_name_are_counted_on():
    taken = ["anna", *(f"anna{number}" for number in range(2, 120))]
    User.objects.bulk_create(User(username=each) for each in taken)

    assert free_username("Anna", "", User.objects) == "anna120"


@pytest.mark.django_db
def test_no_name_has_no_username():
    assert free_username("", "—", User.objects) == ""
