"""The table of `make security`: figures reach it from any process."""

import pytest

from tests.security.figures import FOLDER, keep, kept
from tests.security.report import BEGIN, END, table_of, write

PROOF = {"proof": "Doors", "size": "full", "database": "SQLite"}
FIGURE = PROOF | {"figure": "requests", "value": 6000, "unit": ""}
HEADS = ("Proof", "What", "SQLite")
TABLE = [HEADS, ("Doors", "its tests", "failed"), ("Doors", "requests", "6,000")]


@pytest.fixture
def folder(monkeypatch, tmp_path):
    monkeypatch.setenv(FOLDER, str(tmp_path / "figures"))
    return tmp_path / "figures"


def test_proof_with_one_failed_test_has_failed(folder):
    for outcome in ("passed", "failed", "passed"):
        keep(PROOF | {"outcome": outcome})
    keep(FIGURE)

    assert table_of(kept(folder)) == TABLE


def test_each_database_has_a_column_and_each_size_is_told(folder):
    keep(PROOF | {"outcome": "passed"})
    keep(FIGURE)
    keep(FIGURE | {"database": "PostgreSQL", "value": 5000})
    keep(PROOF | {"database": "PostgreSQL", "outcome": "passed", "size": "small"})

    assert table_of(kept(folder)) == [
        (*HEADS, "PostgreSQL"),
        ("Doors", "its tests", "passed", "passed (small)"),
        ("Doors", "requests", "6,000", "5,000"),
    ]


def test_proof_without_a_figure_is_in_the_table(folder):
    keep(PROOF | {"outcome": "passed"})

    assert table_of(kept(folder)) == [HEADS, ("Doors", "its tests", "passed")]


def test_figures_are_kept_nowhere_without_a_folder(monkeypatch, tmp_path):
    monkeypatch.delenv(FOLDER, raising=False)
    monkeypatch.chdir(tmp_path)
    keep(FIGURE)

    assert list(tmp_path.iterdir()) == []


def test_new_figures_replace_the_old_ones_and_nothing_else(tmp_path):
    page = tmp_path / "SECURITY.md"
    page.write_text(f"# Safe\n\n{BEGIN}\nold\n{END}\n\nMore.\n")
    write(TABLE, page)
    text = page.read_text()

    assert "old" not in text
    assert "| Doors | its tests | failed |\n| Doors | requests | 6,000 |\n" in text
    assert (text.startswith(f"# Safe\n\n{BEGIN}"), text.endswith("\n\nMore.\n")) == (
        (True, True)
    )


@pytest.mark.parametrize("before", [None, "# Safe\n\nWords.\n", f"# Safe\n{BEGIN}\n"])
def test_figures_find_a_place_where_the_marks_are_missing(tmp_path, before):
    page = tmp_path / "SECURITY.md"
    if before is not None:
        page.write_text(before)
    write(TABLE, page)
    text = page.read_text()

    assert text.startswith(before.rstrip() if before else "# Security\n")
    assert text.count(END) == 1
    assert "| Doors |" in text
