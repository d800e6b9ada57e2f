"""Is history complete? Whatever is done past it is found and named."""

import json
from io import StringIO

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.db import models

from accounts.models import User
from portal.history import guard
from portal.history.verify import verify
from portal.models import ChangeSet
from readers.models import Branch, Reader

pytestmark = pytest.mark.django_db

# As if written by another program: Django's own queryset records nothing.
plain = models.QuerySet


def found():
    return {(f.about, f.problem): (f.count, f.keys) for f in verify()}


@pytest.fixture
def someone(manager, reader_user, branch):
    """A person with a whole history behind."""
    reader_user.groups.add(Group.objects.get(name="Auditor"))
    reader_user.reader.branch = branch
    reader_user.reader.save()
    User.objects.create_user("gone").delete()
    return reader_user


def test_history_that_is_whole_has_no_findings(someone):
    assert verify() == []


@pytest.mark.breaks_history("writes past history")
@pytest.mark.parametrize(
    ("model", "values"),
    [
        (User, {"first_name": "Else"}),
        (User, {"is_staff": True}),
        (Reader, {"branch": None}),
        (Reader, {"birth_date": "1990-01-01"}),
        (Branch, {"name": "Else"}),
    ],
)
def test_change_past_history_is_found(someone, model, values):
    pk = model.objects.order_by("-pk").first().pk
    plain(model).filter(pk=pk).update(**values)

    assert found() == {
        (model._meta.label, "differs from its newest version"): (1, [pk])
    }


def test_password_and_sign_in_are_no_change(someone, client):
    plain(User).filter(pk=someone.pk).update(
        password="!", last_login="2026-01-01 10:00Z"
    )

    assert verify() == []


@pytest.mark.breaks_history("writes past history")
def test_row_written_past_history_is_found(someone):
    [made] = plain(Branch).bulk_create([Branch(code="X", name="X")])

    assert found() == {("readers.Branch", "has no version"): (1, [made.pk])}


@pytest.mark.breaks_history("writes past history")
def test_deletion_past_history_is_found(someone):
    plain(Reader).filter(user=someone)._raw_delete("default")

    assert found() == {
        ("readers.Reader", "is gone without a deletion"): (1, [someone.reader.pk])
    }


@pytest.mark.breaks_history("writes past history")
def test_row_that_came_back_past_history_is_found(branch):
    pk = branch.pk
    branch.delete()
    plain(Branch).bulk_create([Branch(pk=pk, code="MAIN", name="Main library")])

    assert found() == {
        (
            "readers.Branch",
            "is there, though its newest version is a deletion",
        ): (1, [pk])
    }


@pytest.mark.breaks_history("writes past history")
@pytest.mark.parametrize("change", ["added", "removed"])
def test_role_given_or_taken_past_history_is_found(someone, change):
    if change == "added":
        desk = Group.objects.get(name="Front desk")
        User.groups.through._base_manager.bulk_create(
            [User.groups.through(user=someone, group=desk)]
        )
    else:
        User.groups.through.objects.filter(user=someone)._raw_delete("default")

    assert found() == {
        ("accounts.User", "groups differ from its newest version"): (1, [someone.pk])
    }


@pytest.mark.breaks_history("writes past history")
def test_permission_of_a_role_past_history_is_found(someone):
    role = Group.objects.get(name="Auditor")
    role.permissions.through.objects.filter(group=role)._raw_delete("default")

    assert found() == {
        ("auth.Group", "permissions differ from its newest version"): (1, [role.pk])
    }


@pytest.mark.breaks_history("writes past history")
@pytest.mark.parametrize("which", ["first", "last"])
def test_version_taken_out_of_history_is_found(branch, which):
    branch.name = "Second"
    branch.save()
    made = ChangeSet.objects.order_by("pk").last()
    row = getattr(branch.history.order_by("history_id"), which)()
    with guard.unlocked("a test"):
        row.delete()

    problems = found()
    assert ("portal.ChangeSet", "counts differ from its history rows") in problems
    gap = ("readers.Branch", "has a gap between its versions")
    differs = ("readers.Branch", "differs from its newest version")
    assert problems[gap if which == "first" else differs] == (1, [branch.pk])
    assert made.changed_count == 1


@pytest.mark.breaks_history("writes past history")
def test_history_row_without_its_change_set_is_found(branch):
    row = branch.history.get()
    key = row.pk
    with guard.unlocked("a test"):
        row.change_set.counts.all().delete()
        ChangeSet.objects.filter(pk=row.change_set_id)._raw_delete("default")
    problems = found()
    with guard.unlocked("foreign keys are checked when the test ends"):
        row.delete()

    assert problems == {
        ("readers.HistoricalBranch", "belongs to no change set"): (1, [key])
    }


@pytest.mark.breaks_history("writes past history")
def test_count_of_a_change_set_that_is_wrong_is_found(branch):
    made = branch.history.get().change_set
    with guard.unlocked("a test"):
        ChangeSet.objects.filter(pk=made.pk).update(deleted_count=3)

    assert found() == {
        ("portal.ChangeSet", "counts differ from its history rows"): (1, [made.pk])
    }


def test_number_of_statements_does_not_grow(someone, django_assert_num_queries):
    with django_assert_num_queries(43):
        verify()
    User.objects.bulk_create(User(username=f"p{n}") for n in range(50))

    with django_assert_num_queries(43):
        assert verify() == []


# --- The command --------------------------------------------------------------------


def run(**options):
    out = StringIO()
    try:
        call_command("verify_history", stdout=out, **options)
    except SystemExit as ended:
        return ended.code, out.getvalue()
    return 0, out.getvalue()


def test_command_says_when_nothing_is_wrong(someone):
    assert run() == (0, "Nothing is wrong with history.\n")
    assert json.loads(run(json=True)[1]) == {"findings": []}


@pytest.mark.breaks_history("writes past history")
def test_command_lists_what_is_wrong_and_exits_with_one(someone):
    plain(User).update(last_name="Else")
    keys = list(User.objects.order_by("pk").values_list("pk", flat=True))

    status, table = run()
    assert status == 1
    assert "differs from its newest version" in table and str(keys[-1]) in table

    status, text = run(json=True)
    assert status == 1
    assert json.loads(text)["findings"] == [
        {
            "problem": "differs from its newest version",
            "about": "accounts.User",
            "count": len(keys),
            "keys": keys,
        }
    ]


@pytest.mark.breaks_history("writes past history")
def test_table_shows_the_first_keys_of_many(someone):
    made = plain(Branch).bulk_create(Branch(code=f"B{n}", name="B") for n in range(150))

    [finding] = verify()
    assert (finding.count, len(finding.keys)) == (150, 100)
    _status, table = run()
    assert "150" in table and "…" in table
    assert made[0].pk == finding.keys[0]


def test_progress_goes_to_a_terminal_alone(someone, capsys):
    run()

    assert capsys.readouterr().err == ""
