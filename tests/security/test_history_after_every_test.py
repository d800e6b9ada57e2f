"""History after every test: the live rows equal their newest versions.

The comparison itself is a fixture in `tests/conftest.py` that every test has; here is
that it sees what is written past history, and how many tests it follows.
"""

import subprocess
import sys
from pathlib import Path

import pytest
from django.contrib.auth.models import Group
from django.db import connection

from accounts.models import RoleLimit
from portal.history.snapshot import tracked_fields, tracked_models
from readers.models import Branch
from tests.escapes import escapes
from tests.security.sizes import size

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]
past_history = pytest.mark.breaks_history("writes past history")
LINKS = [
    ("accounts_user_groups", "user_id", "group_id"),
    ("accounts_user_user_permissions", "user_id", "permission_id"),
    ("auth_group_permissions", "group_id", "permission_id"),
    ("accounts_rolelimit_branches", "rolelimit_id", "branch_id"),
]


def execute(statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.fixture
def everything(manager, branch, category):
    """At least one row of each tracked model, and of each relation."""
    manager.user_permissions.set(Group.objects.get(name="Manager").permissions.all())
    role = Group.objects.get(name="Auditor")
    RoleLimit.objects.create(role=role).branches.set([branch])
    assert escapes() == []


def text_of(model):
    return next((each for each in tracked_fields(model) if each.max_length), None)


@past_history
@pytest.mark.parametrize(
    "model",
    [model for model in tracked_models() if text_of(model)],
    ids=lambda m: m._meta.label_lower,
)
def test_change_of_any_text_past_history_is_seen(everything, model):
    text = text_of(model)
    row = model._base_manager.latest("pk")
    table, pk = model._meta.db_table, model._meta.pk.column
    execute(f"UPDATE {table} SET {text.column} = 'other' WHERE {pk} = {row.pk}")

    told = f"{model._meta.label} differs from its newest version"
    assert escapes() == [(told, str(row.pk))]


@past_history
def test_limit_moved_to_another_role_past_history_is_seen(everything):
    limit = RoleLimit.objects.get()
    other = Group.objects.get(name="Importer").pk
    execute(f"UPDATE accounts_rolelimit SET role_id = {other} WHERE id = {limit.pk}")

    told = "accounts.RoleLimit differs from its newest version"
    assert escapes() == [(told, str(limit.pk))]


@past_history
@pytest.mark.parametrize(("table", "owner", "target"), LINKS)
def test_link_cut_past_history_is_seen(everything, table, owner, target):
    execute(f"DELETE FROM {table} WHERE {target} = (SELECT MAX({target}) FROM {table})")

    assert escapes() and all("newest version" in told for told, _key in escapes())


@past_history
def test_row_that_came_or_went_past_history_is_seen(branch):
    execute("INSERT INTO readers_branch (code, name) VALUES ('X', 'Extra')")
    execute(f"DELETE FROM readers_branch WHERE id = {branch.pk}")
    extra = Branch.objects.get(code="X")

    assert sorted(escapes()) == [
        ("readers.Branch has no version", str(extra.pk)),
        ("readers.Branch is gone without a deletion", str(branch.pk)),
    ]


def test_few_tests_are_left_out(figure):
    folder = ROOT / ("tests" if size("collected tests") else "tests/readers")
    followed = collected(folder, "django_db and not breaks_history")
    left_out = collected(folder, "breaks_history")

    assert left_out < followed / 20
    figure("tests that are followed by it", followed)
    figure("tests that break it on purpose", left_out)


def collected(folder, marks):
    """How many tests there are with these marks."""
    ask = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-m", marks]
    found = subprocess.run([*ask, folder], cwd=ROOT, capture_output=True, text=True)
    return sum("::" in line for line in found.stdout.splitlines())
