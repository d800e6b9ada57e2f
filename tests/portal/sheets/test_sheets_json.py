"""Reading a JSON list of flat objects."""

import pytest

from portal.sheets import Limits
from tests.sheets import read_sheet


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[]", "The list is empty"),
        ('{"a": 1}', "holds no list"),
        ('[{"a": 1}', "comma or the end of the list is missing"),
        ('[{"a": 1} {"a": 2}]', "comma or the end of the list is missing"),
        ('[{"a": 1}] x', "after the end of the list"),
        ('[{"a": 1},]', "at line 1, character 11"),
        ('[{"a": 1},\n{"a" 2}]', "at line 2, character 6"),
        ("[", "no valid JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('[{"a":' * 100_000, "nested too deeply"),
        ("[1, 2]", "No object in the list has a key"),
        ('[{"a": 1}, 2]', "This is no object"),
        ('[{"a": 1}, {" ": 1}]', "A key is blank"),
    ],
)
def test_anything_but_a_list_of_objects_is_refused(refuse, text, message):
    assert message in str(refuse(text, "people.json"))


def test_nested_values_are_refused_with_their_place(refuse):
    error = refuse('[{"a": 1}, {"a": [1]}, {"b": {"c": 1}}]', "people.json")

    assert [(p.row, p.column) for p in error.problems] == [(2, "a"), (3, "b")]


def test_repeated_key_is_refused(refuse):
    error = refuse('[{"a": 1}, {"b": 1, "b": 1}]', "people.json")

    assert [(p.row, p.column) for p in error.problems] == [(2, "b")]
    assert "stands twice" in str(error)


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity"])
def test_what_is_no_number_is_refused(refuse, literal):
    assert "no numbers" in str(refuse(f'[{{"a": {literal}}}]', "people.json"))


def test_half_a_character_is_refused(refuse):
    error = refuse(r'[{"a": "\ud800"}]', "people.json")

    assert (error.problems[0].row, error.problems[0].column) == (1, "a")


def test_too_many_keys_are_refused(refuse):
    objects = ",".join(f'{{"k{n}": 1}}' for n in range(50))

    error = refuse(f"[{objects}]", "people.json", limits=Limits(columns=5))

    assert "at most 5" in str(error)
    assert error.problems[0].row == 6


@pytest.mark.parametrize(
    ("literal", "text"),
    [
        ("null", ""),
        ("true", "true"),
        ("false", "false"),
        ("12345", "12345"),
        ("12345.0", "12345"),
        ("-0.0", "0"),
        ("1.50", "1.5"),
        ("1e3", "1000"),
        ("2.5E-3", "0.0025"),
        ("123456789012345678901234567890", "123456789012345678901234567890"),
        ("0.12345678901234567890123456789", "0.12345678901234567890123456789"),
        ("1e999999999", "1e999999999"),
        ("1e99999999999999999999", "1e99999999999999999999"),
        (r'"\ud83d\ude00 007 "', "\N{GRINNING FACE} 007 "),
    ],
)
def test_values_become_text_without_loss(cells, literal, text):
    assert cells(f'[{{"k": "x", "a": {literal}}}]', "people.json") == [["x", text]]


def test_number_of_many_digits_is_kept(cells):
    digits = "7" * 9_000

    assert cells(f'[{{"a": {digits}}}]', "people.json") == [[digits]]


def test_columns_are_all_keys_in_order_of_appearance():
    data = b' [{"b": 1}, {}, {"c": 2, "a": 3}, {"b": null}] '

    sheet = read_sheet(data, "people.json")

    assert sheet.columns == ["b", "c", "a"]
    assert [(r.number, r.cells) for r in sheet.rows] == [
        (1, ["1", "", ""]),
        (3, ["", "2", "3"]),
    ]
