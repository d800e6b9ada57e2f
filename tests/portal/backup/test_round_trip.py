"""What was backed up comes back, whole, on both databases."""

import stat
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, connections, transaction
from django.utils import timezone

from accounts.models import User
from portal.checks.history import has_waiting_migrations
from portal.exports.storage import key_batches
from portal.history import guard
from portal.history.verify import verify
from portal.imports.storage import stored_file
from portal.models import ChangeSet, ExportJob, Heartbeat
from portal.models.import_job import ImportJob
from tests.portal.backup.conftest import UPLOAD, told

pytestmark = pytest.mark.django_db(transaction=True)


def run(capsys, *args, **options):
    call_command(*args, **options)
    return capsys.readouterr().out


@pytest.fixture
def changed(made):
    """What the backup must bring back; the database has other rows by now."""
    before = told()
    User.objects.filter(username="anna.berg").delete()
    User.objects.create_user("late", "late@example.org")
    connections.close_all()
    return before


def test_every_row_comes_back(made, changed):
    assert told() != changed
    call_command("restore", made, replace=True)

    assert told() == changed
    assert verify() == []


def test_history_is_guarded_again(made, changed):
    call_command("restore", made, replace=True)

    assert guard.missing(connection) == []
    with pytest.raises(DatabaseError), transaction.atomic():
        ChangeSet.objects.all()._raw_delete("default")


def test_new_rows_get_new_keys(made, changed):
    call_command("restore", made, replace=True)
    newest = User.objects.order_by("pk").last().pk

    assert User.objects.create_user("new", "new@example.org").pk > newest
    assert verify() == []


def test_files_that_wait_come_back(made, filled):
    stored_file(filled).unlink()
    call_command("restore", made, replace=True)

    place = stored_file(ImportJob.objects.get(pk=filled.pk))
    assert place.read_bytes() == UPLOAD
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert list(key_batches(ExportJob.objects.get())) == [[1, 2, 3]]


def test_what_was_there_is_kept_and_comes_back_too(made, changed, settings, capsys):
    now = told()
    said = run(capsys, "restore", made, replace=True)
    [kept] = settings.BACKUP_DIR.glob("before-restore-*.zip")

    assert str(kept) in said
    call_command("restore", kept, replace=True)
    assert told() == now


def test_nobody_stays_signed_in(client, root, tmp_path):
    client.force_login(root)
    Heartbeat.objects.create(
        process="desk", beat_at=timezone.now() - timedelta(hours=1)
    )
    call_command("backup", tmp_path / "a.zip")
    connections.close_all()
    call_command("restore", tmp_path / "a.zip", replace=True)

    assert not Session.objects.exists()
    assert not Heartbeat.objects.exists()


def test_backup_from_before_an_upgrade_is_migrated(root, tmp_path):
    # The newest of portal alone: with an older one, those of accounts would go too.
    call_command("migrate", "portal", "0015", verbosity=0)
    call_command("backup", tmp_path / "old.zip")
    call_command("migrate", verbosity=0)
    connections.close_all()
    call_command("restore", tmp_path / "old.zip", replace=True)

    assert not has_waiting_migrations(connection)
    assert User.objects.filter(username="root").exists()
    assert guard.missing(connection) == []


def test_backup_is_for_its_owner_alone_and_leaves_nothing_beside_it(made, tmp_path):
    assert stat.S_IMODE(made.stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.glob("*.*")) == ["made.zip"]
    assert not list(tmp_path.glob(".backup-*"))


def test_backup_without_a_name_goes_into_a_private_folder(root, settings):
    call_command("backup")

    [path] = settings.BACKUP_DIR.iterdir()
    assert path.name.startswith("reading-room-")
    assert stat.S_IMODE(settings.BACKUP_DIR.stat().st_mode) == 0o700


def test_backup_overwrites_nothing(made):
    content = made.read_bytes()

    with pytest.raises(CommandError, match="there already"):
        call_command("backup", made)
    assert made.read_bytes() == content


def test_older_backups_of_the_same_folder_go(root, tmp_path, capsys):
    names = ["reading-room-20250101-000000.zip", "reading-room-20250102-000000.zip"]
    for name in [*names, "mine.zip"]:
        (tmp_path / name).touch()
    new = tmp_path / "reading-room-20260101-000000.zip"
    call_command("backup", new, keep=2)

    assert sorted(each.name for each in tmp_path.glob("*.zip")) == [
        "mine.zip",
        names[1],
        new.name,
    ]


def test_look_tells_and_writes_nothing(made, changed, capsys):
    now = told()
    said = run(capsys, "restore", made, check=True, replace=True)

    assert "could be restored" in said
    assert told() == now
