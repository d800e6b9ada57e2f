"""Usernames made from a template: never an error for a row, never an odd one."""

from contextlib import suppress

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from accounts.imports.mapping.templates import parse_template
from accounts.models import User

NAMES = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=150
)
FIELDS = st.sampled_from(["first", "last", "email", "card"])
CUTS = st.sampled_from(["", "[0]", "[-1]", "[1:3]", "[:2]", "[-4:]", "[99]", "[:]"])
TEMPLATES = st.lists(
    st.builds("{{{}{}}}".format, FIELDS, CUTS) | st.sampled_from([".", "-", "x", "é"]),
    min_size=1,
    max_size=5,
).map("".join)
ANNA = {
    "first_name": "Anna-Zoë",
    "last_name": "O’Neill Berg",
    "email": "Anna+Books@Example.org",
    "card_number": "RR482019337",
}


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("", "one username for everybody"),
        ("reader", "one username for everybody"),
        ("{first", "brace stands alone"),
        ("first}", "brace stands alone"),
        ("{{first}}", "brace stands alone"),
        ("{}", "«{}» is not understood; write {first}"),
        ("{first.__class__}", "not understood"),
        ("{first!r}", "not understood"),
        ("{first:>9}", "not understood"),
        ("{first[last]}", "not understood"),
        ("{first[0:9:2]}", "not understood"),
        ("{first[0][0]}", "not understood"),
        ("{first[99999]}", "not understood"),
        ("{password}", "no «{password}»; there are {first}, {last}, {email}, {card}"),
        ("{first} {last}", "« » cannot stand in a username"),
        ("{first}/{last}", "«/» cannot stand in a username"),
        ("{first}" * 20, "140 characters; at most 100"),
    ],
)
def test_bad_template_is_refused(template, message):
    with pytest.raises(ValueError) as refused:
        parse_template(template)

    assert message in str(refused.value)


@pytest.mark.parametrize(
    ("template", "username"),
    [
        ("{first[0]}{last}", "ao-neill-berg"),
        ("{last[:5]}.{first[-1]}", "o-nei.e"),
        ("{ first [0:4] }", "anna"),
        ("{first[-3:]}", "zoe"),
        ("lib-{card}", "lib-rr482019337"),
        ("{email}", "anna+books@example.org"),
        ("X{first[0]}", "xa"),
        ("{first[50]}{last[0]}", "o"),
    ],
)
def test_template_gives_the_username(template, username):
    assert parse_template(template).username(ANNA) == username


@pytest.mark.parametrize(
    ("values", "username"),
    [
        ({}, ""),
        ({"first_name": " ", "last_name": "--"}, ""),
        ({"last_name": "Berg"}, "berg"),
        ({"first_name": "Anna"}, "anna"),
        ({"first_name": "Андрей", "last_name": "Иванов"}, "андрей.иванов"),
        ({"first_name": "明", "last_name": "王"}, "明.王"),
    ],
)
def test_what_is_blank_leaves_no_trace(values, username):
    assert parse_template("{first}.{last}").username(values) == username


def test_template_names_the_columns_that_it_takes():
    assert parse_template("{first[0]}-{card}").columns == {"first_name", "card_number"}


@given(st.text(max_size=30) | st.text("{}[]:0-9firstl ", max_size=30))
def test_any_text_is_a_template_or_refused(text):
    with suppress(ValueError):
        parse_template(text).username(ANNA)


@given(TEMPLATES, NAMES, NAMES, NAMES)
def test_username_is_valid_and_stored_as_it_is(template, first, last, email):
    with suppress(ValueError):
        username = parse_template(template).username(
            {"first_name": first, "last_name": last, "email": email}
        )

        assert User.normalize_username(username) == username
        assert username == "" or is_valid(username)
        assert len(f"{username}99999999") <= 150


def is_valid(username):
    try:
        User._meta.get_field("username").run_validators(username)
    except ValidationError:
        return False
    return True
