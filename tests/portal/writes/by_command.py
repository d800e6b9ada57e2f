"""The lines of the table for the commands of the shell."""

import json
from datetime import timedelta
from io import StringIO
from unittest import mock

import pytest
from django.core.management import call_command
from django.utils import timezone

from accounts.models import User
from portal.history.seal import seal_all
from readers.models import Branch, Reader
from tests.import_steps import newest_job
from tests.portal.writes.table import Cast, Left, command, write_path


@write_path(
    "command first_administrator",
    command("+user +reader", origin="first_administrator"),
)
def first_administrator(cast: Cast):
    User.objects.filter(is_superuser=True).delete()
    yield
    cast.run("first_administrator")


@write_path("command first_administrator", case="there is one")
def first_administrator_again(cast: Cast):
    cast.run("first_administrator")


@write_path("command repair_readers", command("+reader", origin="repair_readers"))
def repair_readers(cast: Cast):
    Reader.objects.filter(user=cast.anna).delete()
    yield
    cast.run("repair_readers")


@write_path("command repair_readers", case="dry run")
def look_at_repair(cast: Cast):
    Reader.objects.filter(user=cast.anna).delete()
    yield
    cast.run("repair_readers", dry_run=True)


def people_file(cast: Cast) -> str:
    path = cast.tmp_path / "june.csv"
    path.write_text("username,first_name\nanna.berg,Anne\nnew.one,Zoë\n")
    return str(path)


@write_path("command import_people", case="the look")
def look_at_import(cast: Cast):
    cast.run("import_people", people_file(cast), "--actor", "root")


@write_path(
    "command import_people",
    Left(
        "import",
        "+user ~user +reader",
        actor="root",
        subject="june.csv",
        origin="import_people",
    ),
    case="--commit",
)
def import_people(cast: Cast):
    cast.run("import_people", people_file(cast), "--commit", "--actor", "root")


@write_path(
    "command import_people",
    Left("revert", "-user ~user -reader", actor="root", origin="import_people"),
    case="--undo",
)
def undo_import(cast: Cast):
    cast.run("import_people", people_file(cast), "--commit", "--actor", "root")
    yield
    job = str(newest_job().pk)
    said = {"actor": "root", "reason": "By mistake", "commit": True}
    cast.run("import_people", undo=job, **said)


@write_path("command make_people_file")
def make_people_file(cast: Cast):
    cast.run("make_people_file", cast.tmp_path / "many.csv", rows=3)


@write_path("command forget_person", case="the look")
def look_at_forgetting(cast: Cast):
    cast.run("forget_person", "anna.berg")


@write_path(
    "command forget_person",
    command("-user -reader", origin="forget_person"),
    command("", origin="forget_person"),
    case="--commit",
)
def forget_person(cast: Cast):
    cast.run("forget_person", "anna.berg", "--commit", "--reason", "Asked to")


@write_path(
    "command prune_history", command("", origin="prune_history"), case="--commit"
)
def prune_history(cast: Cast):
    Branch.objects.update(name="Old library")
    yield
    tomorrow = timezone.now() + timedelta(days=1)
    with mock.patch.object(timezone, "now", return_value=tomorrow):
        day = str(timezone.localdate())
        cast.run("prune_history", "--before", day, "--commit", "--reason", "Rule 7")


@write_path("command seal_history")
def seal_history(cast: Cast):
    cast.run("seal_history")


@write_path("command verify_history")
def verify_history(cast: Cast):
    seal_all()
    yield
    cast.run("verify_history")


@write_path("command backup")
def backup(cast: Cast):
    cast.run("backup", cast.tmp_path / "all.zip")


@write_path("command doctor")
def doctor(cast: Cast):
    with pytest.raises(SystemExit):
        cast.run("doctor")
    cast.done.add("command doctor")


def fixture_of(cast: Cast, *rows: tuple[str, dict[str, object]]) -> str:
    path = cast.tmp_path / "rows.json"
    path.write_text(json.dumps([{"model": m, "fields": fields} for m, fields in rows]))
    return str(path)


@write_path("command loaddata", case="of what is there")
def load_what_is_there(cast: Cast):
    path = cast.tmp_path / "all.json"
    tables = ("readers.branch", "readers.category", "readers.reader")
    call_command("dumpdata", *tables, output=path, verbosity=0)
    cast.run("loaddata", path)


@write_path(
    "command loaddata",
    command("+user +reader", subject="rows.json", origin="loaddata"),
    case="of something new",
)
def load_something_new(cast: Cast):
    user = ("accounts.user", {"username": "zoe", "groups": [["Helpers"]]})
    cast.run("loaddata", fixture_of(cast, user, ("readers.reader", {"user": ["zoe"]})))


@write_path("command demo", case="there are people")
def demo_where_people_are(cast: Cast):
    cast.run("demo", when_new=True)


@write_path(
    "command createsuperuser", command("+user +reader", origin="createsuperuser")
)
def createsuperuser(cast: Cast):
    names = {"username": "chief", "email": "chief@example.org"}
    cast.run("createsuperuser", interactive=False, **names)


@write_path("command reset_second_factor")
def reset_second_factor(cast: Cast):
    cast.run("reset_second_factor", "anna.berg")


@write_path("command changepassword")
def changepassword(cast: Cast):
    where = "django.contrib.auth.management.commands.changepassword.getpass.getpass"
    with mock.patch(where, return_value="seventeen green herons"):
        cast.run("changepassword", "anna.berg", stderr=StringIO())
