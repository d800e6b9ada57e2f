import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from accounts.imports.columns import COLUMNS
from accounts.imports.options import (
    Blank,
    ColumnChoice,
    DayOrder,
    ImportOptions,
    Match,
    Mode,
)

NOTHING_KNOWN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner),
)
NAMES = ["columns", "mode", "match", "blank", "defaults", "username_template"]
CHOICES = st.builds(
    ColumnChoice,
    title=st.text(max_size=20),
    column=st.sampled_from(["", *COLUMNS]),
    day_order=st.sampled_from(["", *DayOrder.values]),
    digits=st.integers(0, 30),
    drops_fraction=st.booleans(),
)
OPTIONS = st.builds(
    ImportOptions,
    columns=st.lists(CHOICES, max_size=4).map(tuple),
    mode=st.sampled_from(Mode.values),
    match=st.sampled_from(Match.values),
    blank=st.sampled_from(Blank.values),
    defaults=st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=9)),
    username_template=st.text(max_size=9),
    invites=st.booleans(),
)


@pytest.mark.parametrize(
    ("raw", "named"),
    [
        ([], "options"),
        ({"columns": "username"}, "columns"),
        ({"columns": ["username"]}, "columns"),
        ({"columns": [{"title": 3}]}, "title"),
        ({"columns": [{"title": "x" * 1001}]}, "title"),
        ({"columns": [{"column": "password"}]}, "password"),
        ({"columns": [{"day_order": "dym"}]}, "dmy, mdy, ymd"),
        ({"columns": [{"digits": -1}]}, "from 0 to 30"),
        ({"columns": [{"digits": True}]}, "from 0 to 30"),
        ({"columns": [{"drops_fraction": "yes"}]}, "true or false"),
        ({"mode": "delete"}, "create, update, both"),
        ({"mode": None}, "create, update, both"),
        ({"match": "phone"}, "username, email, card_number"),
        ({"blank": ""}, "clear, keep"),
        ({"defaults": {"is_staff": "true"}}, "is_staff"),
        ({"defaults": {"branch": 1}}, "branch"),
        ({"invites": 1}, "true or false"),
    ],
)
def test_a_bad_option_is_refused_by_name(raw, named):
    with pytest.raises(ValueError, match=named):
        ImportOptions.from_json(raw)


@given(st.dictionaries(st.sampled_from(NAMES), NOTHING_KNOWN) | NOTHING_KNOWN)
def test_whatever_is_stored_reads_or_is_refused(raw):
    with suppress(ValueError):
        ImportOptions.from_json(raw)


def test_unknown_and_missing_options_do_no_harm():
    assert ImportOptions.from_json({"colour": "red"}) == ImportOptions()


@given(OPTIONS)
def test_options_come_back_from_json_as_they_were(options):
    assert ImportOptions.from_json(json.loads(json.dumps(options.to_json()))) == options
