"""Malformed files: refused, or rows in error, within 2 s and 300 MB, and never a crash.

Each goes through the real upload, the choice of columns and the check, in a process of
its own. The dice is seeded: a number finds its file again.
"""

import random

import pytest

from tests.security.files.books import good_books, wrong_books
from tests.security.files.child import bring_in
from tests.security.files.judging import wrong_with
from tests.security.files.mutations import mutate
from tests.security.files.texts import good_lists, good_tables, wrong_texts
from tests.security.sizes import size

pytestmark = [
    pytest.mark.django_db(transaction=True),
    # What the readers that we compare with, and the maker of bad archives, remark.
    pytest.mark.filterwarnings("ignore:Duplicate name", "ignore:Workbook contains no"),
]

BOOKS = [*good_books()]
GOOD = [*good_tables(), *good_lists(), *BOOKS]
WRONG = [*wrong_texts(), *wrong_books()]
SEEDS = [*GOOD, *WRONG]


def some(seeds):
    """All of them, or every so many."""
    return seeds[:: max(1, len(seeds) // (size("seeds") // 2))]


def damaged(number):
    """(what was done, data, name) of the file with this number."""
    dice = random.Random(number)
    # Good seeds, and workbooks, more often: damaged, they look right.
    name, data = dice.choice([*GOOD, *BOOKS, *SEEDS])
    kind, changed, new_name = mutate(data, name, dice)
    return f"{number}: {name} {kind}", changed, new_name


def test_good_seeds_are_taken(importer):
    for name, data in some(GOOD):
        found = bring_in(importer, data, name)
        assert (name, wrong_with(data, found)) == (name, "")
        outcomes = {outcome for outcome, _cells in found["rows"]}
        assert (name, found["state"], outcomes) == (name, "ready", {"create"})


def test_wrong_seeds_harm_nothing(importer):
    for name, data in some(WRONG):
        found = bring_in(importer, data, name)
        assert (name, wrong_with(data, found)) == (name, "")


def test_damaged_files_are_refused_or_soundly_read(importer, figure):
    wrong, answers = [], []
    for number in range(size("damaged files")):
        what, data, name = damaged(number)
        found = bring_in(importer, data, name)
        answers.append(found)
        if problem := wrong_with(data, found):
            wrong.append(f"{what} {problem}")

    assert wrong == []
    states = [found["state"] for found in answers]
    figure("files, with the seeds", len(answers) + len(SEEDS))
    figure("refused as a whole", len(answers) - states.count("ready"))
    figure("slowest", max(found["seconds"] for found in answers), "s")
    figure("most memory", round(max(found["memory"] for found in answers)), "MB")
