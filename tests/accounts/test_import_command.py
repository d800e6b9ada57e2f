"""`manage.py import_people`: looks by default, writes with --commit."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from portal.models import ChangeSet, ImportJob

pytestmark = pytest.mark.django_db


@pytest.fixture
def write_file(tmp_path):
    def write(text, name="people.csv"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def run(capsys, *args):
    """What it printed; SystemExit goes to the caller."""
    call_command("import_people", *args)
    return capsys.readouterr().out


def imports():
    return ChangeSet.objects.filter(kind=ChangeSet.Kind.IMPORT)


# --- Refusals --------------------------------------------------------------------


def test_commit_without_an_actor_is_refused(write_file):
    with pytest.raises(CommandError, match="--commit needs --actor"):
        call_command("import_people", write_file("username\nnew.one\n"), "--commit")

    assert not User.objects.exists()


@pytest.mark.parametrize(
    ("name", "message"),
    [("nobody", "nobody called nobody"), ("auditor", "lacks the right")],
)
def test_actor_who_may_not_import_is_refused(write_file, auditor, name, message):
    path = write_file("username\nnew.one\n")
    with pytest.raises(CommandError, match=message):
        call_command("import_people", path, "--commit", "--actor", name)


def test_actor_who_is_switched_off_is_refused(write_file, importer):
    User.objects.filter(pk=importer.pk).update(is_active=False)
    path = write_file("username\nnew.one\n")
    with pytest.raises(CommandError, match="is not active"):
        call_command("import_people", path, "--commit", "--actor", "importer")


def test_file_that_is_not_there_is_told(tmp_path):
    with pytest.raises(CommandError, match="cannot be read"):
        call_command("import_people", str(tmp_path / "none.csv"))


def test_file_that_cannot_be_used_ends_with_status_1(write_file, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("import_people", write_file("colour\nred\n"))

    assert ended.value.code == 1
    assert "column colour: There is no such column." in capsys.readouterr().err


def test_row_in_error_ends_with_status_1_and_writes_nothing(
    write_file, capsys, importer
):
    path = write_file("username,birth_date\ngood.one,\nbad.one,12.03.2024\n")
    with pytest.raises(SystemExit) as ended:
        call_command("import_people", path, "--commit", "--actor", "importer")

    assert ended.value.code == 1
    printed = capsys.readouterr()
    assert "people.csv: row 3, column birth_date: «12.03.2024»" in printed.err
    assert "Nothing was written: the file has problems." in printed.out
    assert not User.objects.filter(username="good.one").exists()
    assert not ImportJob.objects.exists()


def test_rights_of_the_actor_are_asked(write_file, capsys, importer, root):
    path = write_file("username,first_name\nroot,Mallory\n")
    with pytest.raises(SystemExit):
        call_command("import_people", path, "--commit", "--actor", "importer")

    assert "stands above you" in capsys.readouterr().err


# --- What it does ----------------------------------------------------------------


def test_without_commit_it_only_looks(write_file, capsys, importer):
    out = run(capsys, write_file("username\nnew.one\n"), "--actor", "importer")

    assert "this was a look. --commit writes." in out
    assert not User.objects.filter(username="new.one").exists()
    assert not ImportJob.objects.exists()


def test_commit_is_one_change_set_of_its_actor(write_file, capsys, importer):
    path = write_file("username\nnew.one\n")
    options = ["--commit", "--actor", "IMPORTER", "--reason", "New term"]
    out = run(capsys, path, *options)

    [made] = imports()
    assert f"Written: {made}." in out
    assert (made.actor_id, made.origin) == (importer.pk, "import_people")
    assert (made.subject, made.reason) == ("people.csv", "New term")
    assert User.objects.get(username="new.one").reader.card_number


def test_commit_stands_among_the_imports(write_file, capsys, importer):
    run(capsys, write_file("username\nnew.one\n"), "--commit", "--actor", "importer")

    job = ImportJob.objects.get()
    assert (job.status, job.created_count) == (ImportJob.Status.COMMITTED, 1)
    assert job.change_set == imports().get()


def test_the_limit_of_the_pages_does_not_hold(write_file, capsys, settings):
    settings.IMPORT_MAX_ROWS = 1
    out = run(capsys, write_file("username\na.one\na.two\n"))

    assert "New" in out


def test_json_is_one_object_and_nothing_else(write_file, capsys, importer):
    path = write_file("username\nnew.one\n")
    told = json.loads(run(capsys, path, "--json", "--commit", "--actor", "importer"))

    assert told["committed"] is True
    assert told["change_set"] == imports().get().pk
    assert told["rows"] == {"create": 1, "update": 0, "unchanged": 0, "error": 0}
    assert told["problems"] == []


def test_json_tells_problems_with_row_and_column(write_file, capsys):
    with pytest.raises(SystemExit):
        call_command("import_people", write_file("username,phone\na,12\n"), "--json")

    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["row"], problem["column"]) == (2, "phone")


def test_what_is_there_already_is_not_written_again(write_file, capsys, importer):
    path = write_file("username\nimporter\n")
    out = run(capsys, path, "--commit", "--actor", "importer")

    assert "everything is already as the file says" in out
    assert not imports().exists()
