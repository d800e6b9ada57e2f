"""`manage.py import_people`: looks by default, writes with --commit."""

import json

import pytest
from django.core.management import CommandError, call_command

from accounts.imports.options import ColumnChoice, ImportOptions
from accounts.models import User
from portal.models import ChangeSet, ImportJob, ImportRecipe
from readers.models import Reader

pytestmark = pytest.mark.django_db


@pytest.fixture
def write_file(tmp_path):
    def write(text, name="people.csv"):
        path = tmp_path / name
        path.write_text(text)
        return str(path)

    return write


def run(*args, actor="importer"):
    call_command("import_people", *args, "--actor", actor)


def refused(message, *args, actor="importer"):
    """The command says so, and leaves nothing behind."""
    with pytest.raises(CommandError, match=message):
        run(*args, actor=actor)
    assert not ImportJob.objects.exists()


def ends_with_1(*args):
    with pytest.raises(SystemExit) as ended:
        run(*args)
    assert ended.value.code == 1


def imports():
    return ChangeSet.objects.filter(kind=ChangeSet.Kind.IMPORT)


def make_recipe(owner, *columns, **options):
    chosen = ImportOptions(tuple(ColumnChoice(*each) for each in columns), **options)
    return ImportRecipe.objects.create(
        target="accounts.user", name="School", owner=owner, options=chosen.to_json()
    )


# --- Refusals --------------------------------------------------------------------


def test_without_an_actor_nothing_is_read(write_file):
    with pytest.raises(CommandError, match="--actor"):
        call_command("import_people", write_file("username\nnew.one\n"))


@pytest.mark.parametrize(
    ("actor", "message"),
    [("nobody", "nobody called nobody"), ("auditor", "may no longer import")],
)
def test_actor_who_may_not_import_is_refused(write_file, auditor, actor, message):
    refused(message, write_file("username\nnew.one\n"), actor=actor)


def test_actor_who_is_switched_off_is_refused(write_file, importer):
    User.objects.filter(pk=importer.pk).update(is_active=False)
    refused("is not active", write_file("username\nnew.one\n"))


def test_either_a_file_or_an_import_is_named(importer):
    refused("Name a file, or with --undo an import")


def test_file_that_is_not_there_is_told(tmp_path, importer):
    refused("cannot be read", str(tmp_path / "none.csv"))


def test_file_that_cannot_be_used_is_told(write_file, importer):
    refused("The file is empty", write_file("\n"))


def test_file_that_names_nobody_is_told(write_file, importer):
    refused("No column is imported", write_file("colour\nred\n"))


def test_title_that_the_file_lacks_is_told(write_file, importer):
    path = write_file("Login,Shade\na,b\n")
    refused("no column «Tint».*«Login», «Shade»", path, "--columns", "Tint=notes")


def test_column_that_there_is_not_is_told(write_file, importer):
    path = write_file("Login,Shade\na,b\n")
    refused("no column «tint» of people", path, "--columns", "Shade=tint")


@pytest.mark.parametrize("text", ["Shade", "=notes"])
def test_pair_without_two_sides_is_told(write_file, importer, text):
    path = write_file("Login,Shade\na,b\n")
    refused("a «=» is to part two texts", path, "--columns", text)


def test_dates_that_could_be_two_are_asked_about(write_file, importer):
    path = write_file("username,birth_date\nnew.one,03/04/1999\n")
    refused("«03/04/1999» could be .* --dates dmy or --dates mdy", path)


def test_numbers_that_a_spreadsheet_changed_are_asked_about(write_file, importer):
    path = write_file("username,card_number\na.one,12345.0\na.two,54321.0\n")
    refused("--numbers mend or --numbers keep", path)


def test_default_that_only_one_may_have_is_told(write_file, importer):
    path = write_file("username\nnew.one\n")
    refused("no two people may have the same", path, "--default", "email=a@example.org")


def test_default_that_its_column_cannot_have_is_told(write_file, importer):
    path = write_file("username\nnew.one\n")
    refused("The default of joined_on", path, "--default", "joined_on=soon")


def test_recipe_of_somebody_else_is_told(write_file, importer, manager):
    make_recipe(manager, ("username", "username"))
    refused("no recipe «School»", write_file("username\na\n"), "--recipe", "School")


def test_refused_rows_have_the_ending_of_their_format(write_file, importer, tmp_path):
    path = write_file("username\nnew.one\n")
    refused("ends with .csv", path, "--errors", str(tmp_path / "bad.xlsx"))


def test_row_in_error_ends_with_status_1_and_writes_nothing(
    write_file, capsys, importer
):
    path = write_file("username,birth_date\ngood.one,\nbad.one,2024-13-01\n")
    ends_with_1(path, "--commit")

    printed = capsys.readouterr()
    assert "people.csv: row 3, column birth_date: «2024-13-01»" in printed.err
    assert "--skip-errors writes the others" in printed.out
    assert not User.objects.filter(username="good.one").exists()


def test_rights_of_the_actor_are_asked(write_file, capsys, importer, root):
    ends_with_1(write_file("username,first_name\nroot,Mallory\n"), "--commit")

    assert "stands above you" in capsys.readouterr().err


# --- Looking and writing -----------------------------------------------------------


def test_without_commit_it_only_looks(write_file, capsys, importer):
    run(write_file("username\nnew.one\n"))

    job = ImportJob.objects.get()
    assert f"/import/{job.pk}/" in capsys.readouterr().out
    assert (job.state, job.owner) == (ImportJob.State.READY, importer)
    assert not User.objects.filter(username="new.one").exists()


def test_commit_is_one_change_set_of_its_actor(write_file, capsys, importer):
    path = write_file("username\nnew.one\n")
    run(path, "--commit", "--reason", "New term", actor="IMPORTER")

    [made] = imports()
    assert f"Written: {made}." in capsys.readouterr().out
    assert (made.actor_id, made.origin) == (importer.pk, "import_people")
    assert (made.subject, made.reason) == ("people.csv", "New term")
    assert User.objects.get(username="new.one").reader.card_number


def test_good_rows_can_go_in_without_the_others(write_file, importer):
    path = write_file("username,birth_date\ngood.one,\nbad.one,2024-13-01\n")
    ends_with_1(path, "--commit", "--skip-errors")

    people = User.objects.exclude(pk=importer.pk)
    assert [person.username for person in people] == ["good.one"]


def test_what_is_there_already_is_not_written_again(write_file, capsys, importer):
    run(write_file("username\nimporter\n"), "--commit")

    assert "everything is already as the file says" in capsys.readouterr().out
    assert not imports().exists()


def test_json_is_one_object_and_nothing_else(write_file, capsys, importer):
    run(write_file("username\nnew.one\n"), "--json", "--commit")

    told = json.loads(capsys.readouterr().out)
    assert (told["state"], told["change_set"]) == ("done", imports().get().pk)
    assert told["rows"]["create"] == 1
    assert told["problems"] == []


def test_json_tells_problems_with_row_and_column(write_file, capsys, importer):
    ends_with_1(write_file("username,phone\na,12\n"), "--json")

    [problem] = json.loads(capsys.readouterr().out)["problems"]
    assert (problem["row"], problem["column"]) == (2, "phone")


def test_fixture_goes_in_as_well(write_file, importer):
    fields = {"username": "new.one", "email": ""}
    objects = [{"model": "accounts.user", "fields": fields}]
    run(write_file(json.dumps(objects), "people.json"), "--commit")

    assert User.objects.filter(username="new.one").exists()


# --- Options -----------------------------------------------------------------------


def test_mode_and_match_are_as_said(write_file, importer, reader_user):
    path = write_file("email,last_name\nanna@example.org,Berger\nb@example.org,New\n")
    run(path, "--commit", "--mode", "update", "--match", "email")

    assert User.objects.get(pk=reader_user.pk).last_name == "Berger"
    assert not User.objects.filter(last_name="New").exists()


def test_blank_cell_keeps_where_that_is_said(write_file, importer, reader_user):
    path = write_file("username,first_name,last_name\nanna.berg,,Berger\n")
    run(path, "--commit", "--blank", "keep")

    assert User.objects.get(pk=reader_user.pk).get_full_name() == "Anna Berger"


def test_usernames_and_defaults_are_made(write_file, importer):
    path = write_file("Forename,Surname\nAnna,Berg\n")
    template = "{first[0]}{last}"
    defaults = ["--default", "notes=School", "--default", "phone=+44 20 7946 0958"]
    run(path, "--commit", "--mode=create", "--username-template", template, *defaults)

    reader = Reader.objects.get(user__username="aberg")
    assert (reader.notes, reader.phone) == ("School", "+442079460958")


def test_column_is_what_is_said(write_file, importer):
    path = write_file("Login,a=b,Notes\nnew.one,Thick,Thin\n")
    run(path, "--commit", "--columns", "a=b=notes", "--columns", "Notes=")

    assert User.objects.get(username="new.one").reader.notes == "Thick"


def test_dates_are_read_as_said(write_file, importer):
    path = write_file("username,birth_date\nnew.one,03/04/1999\n")
    run(path, "--commit", "--dates", "mdy")

    born = User.objects.get(username="new.one").reader.birth_date
    assert born.isoformat() == "1999-03-04"


@pytest.mark.parametrize(("said", "number"), [("mend", "12345"), ("keep", "12345.0")])
def test_numbers_are_read_as_said(write_file, importer, said, number):
    path = write_file("username,card_number\na.one,12345.0\na.two,54321.0\n")
    run(path, "--commit", "--numbers", said)

    assert User.objects.get(username="a.one").reader.card_number == number


def test_recipe_is_used_and_what_is_said_goes_before(write_file, importer):
    make_recipe(
        importer, ("Kennung", "username"), ("Was", "notes"), mode="update", blank="keep"
    )
    path = write_file("Was;Kennung\nThick;new.one\n")
    run(path, "--commit", "--recipe", "School", "--mode", "create")

    assert User.objects.get(username="new.one").reader.notes == "Thick"
    assert ImportJob.objects.get().options["blank"] == "keep"


def test_file_is_read_as_said(write_file, importer):
    path = write_file("Members\nusername|notes\nnew.one|a;b\n")
    run(path, "--commit", "--header-row", "2", "--delimiter", "|")

    assert User.objects.get(username="new.one").reader.notes == "a;b"


# --- Refused rows ------------------------------------------------------------------


def test_refused_rows_are_written(write_file, importer, tmp_path):
    path = write_file("username,birth_date\ngood.one,\nbad.one,2024-13-01\n")
    ends_with_1(path, "--errors", str(tmp_path / "bad.csv"))

    header, row, *_rest = (tmp_path / "bad.csv").read_text("utf-8-sig").splitlines()
    assert header == "username,birth_date,Why it was refused"
    assert row.startswith("bad.one,2024-13-01,")


def test_without_refused_rows_there_is_no_file(write_file, importer, tmp_path):
    run(write_file("username\nnew.one\n"), "--errors", str(tmp_path / "bad.csv"))

    assert not (tmp_path / "bad.csv").exists()


def test_place_that_cannot_be_written_is_told(write_file, importer, tmp_path):
    path = write_file("username,birth_date\nbad.one,2024-13-01\n")
    with pytest.raises(CommandError, match="cannot be written"):
        run(path, "--errors", str(tmp_path / "no" / "bad.csv"))


# --- Undo --------------------------------------------------------------------------


@pytest.fixture
def imported(write_file, importer, manager, capsys):
    """The number of an import by the manager's portal."""
    run(write_file("username\nnew.one\nnew.two\n"), "--commit")
    capsys.readouterr()
    return str(ImportJob.objects.get().pk)


def test_undo_of_what_is_not_there_is_told(manager):
    number = "1b4e28ba-2fa1-41d2-883f-0016d3cca427"
    refused(f"no import {number}", "--undo", number, actor="manager")


def test_undo_by_somebody_without_the_right_is_told(imported):
    with pytest.raises(CommandError, match="may not revert"):
        run("--undo", imported)


def test_undo_needs_a_reason(imported):
    with pytest.raises(CommandError, match="needs --reason"):
        run("--undo", imported, "--commit", actor="manager")


def test_undo_only_looks_without_commit(imported, capsys):
    run("--undo", imported, actor="manager")

    assert "--commit takes it back" in capsys.readouterr().out
    assert User.objects.filter(username__startswith="new.").count() == len(["a", "b"])


def test_undo_takes_back_and_keeps_what_was_changed_since(imported, capsys):
    changed = User.objects.get(username="new.two")
    changed.first_name = "Zoe"
    changed.save()
    run("--undo", imported, "--commit", "--reason", "Wrong file", actor="manager")

    out = capsys.readouterr().out
    assert "Taken back" in out
    assert "Person Zoe" in out
    assert list(User.objects.filter(username__startswith="new.")) == [changed]
