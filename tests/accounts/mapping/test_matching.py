"""What each column of a file is proposed to be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.imports.columns import COLUMNS
from accounts.imports.mapping.matching import Why, fold_title, propose_columns
from accounts.imports.mapping.synonyms import SYNONYMS

TITLES = st.lists(
    st.text(max_size=12)
    | st.sampled_from([*COLUMNS, "E-mail", "Mail", "Surname", "Column 2", "reason"]),
    max_size=20,
)
CELLS = st.text(max_size=8) | st.sampled_from(["a@example.org", "RR482019339"])


def proposed(*titles, **kwargs):
    return [each.column for each in propose_columns(titles, **kwargs)]


# --- What is not proposed --------------------------------------------------------


@pytest.mark.parametrize(
    "title",
    ["", "Name", "ID", "Date", "Password", "Shoe size", "is_staff", "Groups", "名前"],
)
def test_title_that_may_mean_anything_is_left_open(title):
    assert propose_columns([title])[0].why == Why.NOTHING


@pytest.mark.parametrize("title", ["reason", "Reason", "Why it was refused"])
def test_reasons_of_refused_rows_are_not_imported(title):
    [_key, reason] = propose_columns(["username", title])

    assert (reason.column, reason.why) == ("", Why.REASON)


def test_column_is_proposed_once_and_to_the_surest():
    titles = ["Mail", "E-mail", "email", "Email address"]

    assert proposed(*titles) == ["", "", "email", ""]


def test_similar_spelling_takes_nothing_from_a_synonym():
    assert proposed("Surnames x", "Surname") == ["", "last_name"]


@pytest.mark.parametrize(
    "cells", [[], ["a@example.org"], ["a@example.org", "nobody"], ["", " "]]
)
def test_content_must_be_of_one_kind(cells):
    assert proposed("Column 1", samples=[cells]) == [""]


def test_content_says_nothing_against_the_title():
    cells = ["a@example.org", "b@example.org"]

    assert proposed("Parent's contact", samples=[cells]) == [""]


def test_what_was_not_imported_last_time_is_not_proposed():
    [proposal] = propose_columns(["E-mail"], chosen={"e-mail": ""})

    assert (proposal.column, proposal.why) == ("", Why.CHOSEN)


# --- What is ---------------------------------------------------------------------


@pytest.mark.parametrize("column", COLUMNS)
def test_every_column_is_known_by_its_own_name(column):
    assert proposed(column) == [column]
    assert proposed(column.replace("_", " ").title()) == [column]


@pytest.mark.parametrize(
    ("title", "column"),
    [
        ("Surname", "last_name"),
        ("FAMILY NAME", "last_name"),
        ("Fore-name", "first_name"),
        ("E-mail address", "email"),
        ("Émail", "email"),
        ("Login", "username"),
        ("Card no.", "card_number"),
        ("Card #", "card_number"),
        ("Card №", "card_number"),
        ("Tel.", "phone"),
        ("Phone [optional]", "phone"),
        ("D.O.B.", "birth_date"),
        ("Date of Birth (dd/mm/yyyy)", "birth_date"),
        ("Member since", "joined_on"),
        ("Valid until", "expires_on"),
        ("Patron category", "category"),
        ("Home library", "branch"),
        ("Comment(s)", "notes"),
        ("Status", "is_active"),
        ("Geburtsdatum", "birth_date"),
        ("gueltig bis", "expires_on"),
        ("Gültig bis", "expires_on"),
        ("Prénom", "first_name"),
        ("N° de carte", "card_number"),
        ("Correo electrónico", "email"),
        ("Achternaam", "last_name"),
        ("Birht date", "birth_date"),
        ("Telephon", "phone"),
        ("Expiary date", "expires_on"),
    ],
)
def test_title_is_known_by_what_people_call_it(title, column):
    assert proposed(title) == [column]


def test_title_without_words_is_known_by_its_content():
    samples = [["RR482019339", "RR482019339"], ["", "a@example.org", "b@example.org"]]

    assert proposed("", "Column 2", samples=samples) == ["card_number", "email"]


def test_last_choice_wins_whatever_the_title_says():
    chosen = {"Mail": "username", "Number": "card_number"}

    assert proposed("number", "MAIL", "email", chosen=chosen) == [
        "card_number",
        "username",
        "email",
    ]


def test_no_phrase_means_two_columns():
    phrases = [
        (fold_title(phrase), column)
        for column, several in SYNONYMS.items()
        for phrase in several.split(",")
    ]

    assert len(phrases) == len({phrase for phrase, _column in phrases})
    assert "" not in dict(phrases)


@given(
    TITLES,
    st.lists(st.lists(CELLS, max_size=4), max_size=25),
    st.dictionaries(st.text(max_size=5), st.sampled_from(["", *COLUMNS])),
)
def test_any_file_gets_one_proposal_for_each_title(titles, samples, chosen):
    columns = proposed(*titles, samples=samples, chosen=chosen)
    given_ = [column for column in columns if column]

    assert len(columns) == len(titles)
    assert len(given_) == len(set(given_)) and set(given_) <= set(COLUMNS)
