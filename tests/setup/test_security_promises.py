"""SECURITY.md promises nothing that no test holds."""

import ast
import re

import pytest
from django.conf import settings

TEXT = (settings.BASE_DIR / "SECURITY.md").read_text()
NAMED = re.compile(r"`(tests/[\w/]+\.py)(?:::(\w+))?`")
# These tell people what to do, and what was measured: nothing that a test could hold.
NO_PROMISES = {"Reporting a problem", "Figures"}
SECTIONS = ["Reporting a problem", "Policy", "Sign-in", "Hardening", "Proof", "Figures"]


def sections(text):
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def promises(text):
    """The points of the lists, each as one line."""
    points = re.findall(r"^- .+(?:\n  .+)*", text, re.MULTILINE)
    return [" ".join(point.split()) for point in points]


def without_test(text):
    return [promise for promise in promises(text) if not NAMED.search(promise)]


def not_there(text):
    return [named for named in NAMED.findall(text) if not is_there(*named)]


def is_there(name, function):
    path = settings.BASE_DIR / name
    if not path.exists():
        return False
    found = [
        each.name
        for each in ast.walk(ast.parse(path.read_text()))
        if isinstance(each, ast.FunctionDef) and each.name.startswith("test_")
    ]
    return function in found if function else bool(found)


def loose_sentences(text):
    """What stands in a section without being a point, a title or a test."""
    rest = re.sub(r"^- .+(?:\n  .+)*|^#.*$", "", text, flags=re.MULTILINE)
    return rest.split()


def test_every_promise_names_a_test():
    assert len(promises(TEXT)) >= 30
    assert without_test(TEXT) == []


def test_every_named_test_is_there():
    assert not_there(TEXT) == []


def test_sections_hold_promises_and_nothing_else():
    found = sections(TEXT)

    assert list(found) == SECTIONS
    for title in set(SECTIONS) - NO_PROMISES:
        assert promises(found[title]), title
        assert loose_sentences(found[title]) == [], title


@pytest.mark.parametrize("promise", promises(TEXT))
def test_promise_is_one_sentence(promise):
    words = NAMED.sub("", promise).strip(" ,-")

    assert words.endswith(".")
    assert not re.search(r"\.\s+[A-Z]", words)


def test_a_promise_without_a_test_is_found():
    assert without_test("- It is safe.\n  Really.\n") == ["- It is safe. Really."]
    assert loose_sentences("## Policy\n\nIt is safe.\n") == ["It", "is", "safe."]


@pytest.mark.parametrize(
    "name",
    [
        "tests/setup/test_no_such.py",
        "tests/setup/test_security_promises.py::test_no_such",
        "tests/conftest.py",
    ],
)
def test_a_test_that_is_not_there_is_found(name):
    assert len(not_there(f"- It is safe. `{name}`")) == 1
