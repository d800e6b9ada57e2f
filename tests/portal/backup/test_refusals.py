"""What is no backup of ours, or cannot be restored here, changes nothing."""

import hashlib
import sqlite3
import zipfile
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection
from django.utils import timezone

from portal import heartbeats
from portal.backup import programs, restore, sqlite
from portal.models import Heartbeat
from tests.portal.backup.conftest import told

pytestmark = pytest.mark.django_db(transaction=True)

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="A SQLite file")
on_postgresql = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="SQLite needs no programs."
)


def refused(path, match, **options):
    before = told()
    with pytest.raises(CommandError, match=match):
        call_command("restore", path, **{"replace": True, **options})
    assert told() == before
    return True


def resum(backup):
    """As somebody would who knows how the sums are made."""
    for part in backup.manifest["parts"]:
        content = backup.parts[part["name"]]
        part["sha256"] = hashlib.sha256(content).hexdigest()
        part["size"] = len(content)


# --- Files -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "damage",
    [
        lambda content: b"",
        lambda content: b"username;first_name\n",
        lambda content: content[:100],
        lambda content: content[: len(content) // 2],
        lambda content: content[:-1],
        lambda content: content[:2000] + b"\0" * 100 + content[2100:],
        lambda content: content[:2000] + content[2100:],
    ],
)
def test_damaged_file_is_refused(made, damage):
    made.write_bytes(damage(made.read_bytes()))

    assert refused(made, "damaged|no backup")


def test_file_that_is_not_there_is_refused(root, tmp_path):
    assert refused(tmp_path / "none.zip", "There is no file")


def other_product(backup):
    backup.manifest["product"] = "Something else"


def newer_format(backup):
    backup.manifest["format"] = 2


def unknown_migration(backup):
    backup.manifest["migrations"].append(["portal", "9999_later"])


def other_engine(backup):
    backup.manifest["engine"] = "oracle"


def other_content(backup):
    backup.parts["database"] += b"\0"


def content_of_the_same_length(backup):
    content = backup.parts["database"]
    backup.parts["database"] = content[:-1] + bytes([content[-1] ^ 1])


def larger_than_told(backup):
    backup.manifest["parts"][0]["size"] -= 1


def no_database(backup):
    backup.manifest["parts"] = [
        part for part in backup.manifest["parts"] if part["name"] != "database"
    ]
    del backup.parts["database"]


def file_that_is_not_told(backup):
    backup.parts["imports/extra.upload"] = b"a"


def file_that_is_missing(backup):
    del backup.parts[next(name for name in backup.parts if name != "database")]


def parts_of_another_kind(backup):
    backup.manifest["parts"] = "all"


def other_head(backup):
    backup.manifest["head"] = "1:00"


def other_count(backup):
    backup.manifest["rows"]["accounts_user"] += 1


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (other_product, "no backup of"),
        (newer_format, "newer version"),
        (unknown_migration, "9999_later"),
        (other_engine, "oracle"),
        (other_content, "not as made"),
        (content_of_the_same_length, "not as made"),
        (larger_than_told, "not as made"),
        (no_database, "no database"),
        (file_that_is_not_told, "other files"),
        (file_that_is_missing, "other files"),
        (parts_of_another_kind, "manifest"),
        (other_head, "seals"),
        (other_count, "accounts_user has"),
    ],
)
def test_tampered_backup_is_refused(rewritten, change, match):
    assert refused(rewritten(change), match)


@pytest.mark.parametrize(
    "name",
    [
        "../evil",
        "imports/../../evil",
        "/tmp/evil",
        "imports/evil.sh",
        "exports/" + "a" * 36 + "/b",
        "imports\\..\\evil",
    ],
)
def test_name_that_leads_elsewhere_is_refused(rewritten, tmp_path, name):
    def add(backup):
        backup.parts[name] = b"evil"
        backup.manifest["parts"].append({"name": name, "size": 4, "sha256": ""})
        resum(backup)

    path = rewritten(add)
    assert refused(path, "strange name|other files")
    assert not [each for each in tmp_path.rglob("*") if "evil" in each.name]
    assert not Path("/tmp/evil").exists()


@on_sqlite
@pytest.mark.breaks_history("takes rewritten rows in")
def test_rows_that_were_rewritten_with_their_sums_are_refused(rewritten, tmp_path):
    def forge(backup):
        copy = tmp_path / "copy"
        copy.write_bytes(backup.parts["database"])
        with sqlite3.connect(copy) as database:
            database.execute("UPDATE accounts_user SET is_superuser = NOT is_superuser")
        database.close()
        backup.parts["database"] = copy.read_bytes()
        resum(backup)

    path = rewritten(forge)
    assert refused(path, "history does not hold")
    call_command("restore", path, replace=True, accept_findings=True)


def test_nothing_is_left_of_what_was_refused(rewritten, settings):
    assert refused(rewritten(other_count), "accounts_user has")

    assert not list(settings.BACKUP_DIR.glob(".*"))


# --- Places ----------------------------------------------------------------------


def test_database_with_people_is_not_replaced_by_itself(made):
    assert refused(made, "--replace", replace=False)


def test_database_whose_worker_lives_is_not_replaced(made):
    heartbeats.beat()

    assert refused(made, "portal runs")
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(seconds=31))
    call_command("restore", made, replace=True)


def test_database_that_somebody_has_open_is_not_replaced(made):
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT COUNT(*) FROM accounts_user")
    before = told()

    with pytest.raises(CommandError, match="in use"):
        call_command("restore", made, replace=True)
    assert told() == before
    other.close()
    call_command("restore", made, replace=True)


def test_nobody_writes_after_what_was_there_is_kept(made):
    failed = []

    def write(name, done, total):
        if name != "Copying the database" or failed:
            return
        other = connection.copy()
        with pytest.raises(OperationalError) as error, closing(other):
            if other.vendor == "sqlite":
                other.settings_dict["OPTIONS"]["timeout"] = 0
            with other.cursor() as cursor:
                if other.vendor == "postgresql":
                    cursor.execute("SET lock_timeout = '200ms'")
                cursor.execute("DELETE FROM django_session")
        failed.append(error)

    restore(made, replace=True, on_step=write)
    assert len(failed) == 1


@on_sqlite
def test_damaged_database_is_not_backed_up(made, tmp_path):
    damaged = tmp_path / "damaged.sqlite3"
    with zipfile.ZipFile(made) as file:
        content = bytearray(file.read("database"))
    content[40_000:300_000] = b"\xff" * 260_000
    damaged.write_bytes(content)

    with (
        sqlite._default_at(damaged),
        pytest.raises(CommandError, match=r"damaged|malformed"),
    ):
        call_command("backup", tmp_path / "no.zip")
    assert not (tmp_path / "no.zip").exists()


def test_look_says_what_is_in_the_way(made, capsys):
    with pytest.raises(SystemExit) as end:
        call_command("restore", made, check=True)

    assert end.value.code == 1
    assert "--replace" in capsys.readouterr().err


# --- Programs --------------------------------------------------------------------


@on_postgresql
def test_missing_program_is_named(root, monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(programs, "FOLDER", tmp_path)

    with pytest.raises(CommandError, match=r"pg_dump was not found.*postgresql-client"):
        call_command("backup")


@on_postgresql
def test_program_that_is_older_than_the_server_is_refused(root, monkeypatch, tmp_path):
    old = tmp_path / "pg_dump"
    old.write_text("#!/bin/sh\necho 'pg_dump (PostgreSQL) 9.6.1'\n")
    old.chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    monkeypatch.setattr(programs, "FOLDER", tmp_path / "none")

    with pytest.raises(CommandError, match="of version 9"):
        call_command("backup")
