"""Each line of the doctor's table, made to fail once."""

import json
import os
import smtplib
import sys
import time
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.utils import timezone
from django.utils.module_loading import autodiscover_modules
from django_tasks_db.models import DBTaskResult

from portal import disk, heartbeats
from portal.doctor import registry
from portal.doctor.registry import SUBJECTS, State, examine, examines
from portal.history import guard
from portal.history.seal import seal_all
from portal.imports.work import run_import_job
from portal.models import ExportJob, Heartbeat, ImportJob, RevertJob, Seal
from portal.models.change_set import ChangeSet

pytestmark = pytest.mark.django_db

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="Its pragmas")
on_postgresql = pytest.mark.skipif(
    connection.vendor == "sqlite", reason="A server of its own"
)


def lines(subject):
    """What it says of this subject: state and text of each line."""
    return [
        (found.state, found.text) for found in examine() if found.subject == subject
    ]


def only_line(subject):
    [line] = lines(subject)
    return line


def run(**options):
    out = StringIO()
    status = 0
    try:
        call_command("doctor", stdout=out, **options)
    except SystemExit as end:
        status = end.code
    return status, out.getvalue()


# --- The whole table -------------------------------------------------------------


@pytest.fixture
def three(monkeypatch):
    """Subjects of our own, one for each state."""
    # Those of the apps come before, and not among ours.
    autodiscover_modules("doctor")
    monkeypatch.setattr(registry, "SUBJECTS", [])

    def choose(*states):
        for state in states:
            one = registry.Finding(State[state], f"is {state}", "Do [this]")
            examines(state)(lambda one=one: iter([one]))

    return choose


@pytest.mark.parametrize(
    ("states", "status"),
    [
        (["OK"], 0),
        (["OK", "WARNING"], 1),
        (["ERROR", "WARNING", "OK"], 2),
    ],
)
def test_worst_state_is_the_exit_status(three, states, status):
    three(*states)

    assert run()[0] == status
    assert run(json=True)[0] == status


def test_table_shows_state_subject_text_and_hint(three):
    three("WARNING")
    [row] = [line for line in run()[1].splitlines() if "warning" in line]

    cells = [cell.strip() for cell in row.strip("│").split("│")]
    assert cells == ["warning", "WARNING", "is WARNING", "Do [this]"]


def test_json_is_for_machines(three):
    three("ERROR")
    told = json.loads(run(json=True)[1])

    found = {"state": "error", "subject": "ERROR", "text": "is ERROR"}
    assert told == {"state": "error", "findings": [found | {"hint": "Do [this]"}]}


def test_subject_that_breaks_is_told_and_the_others_are_looked_at(three):
    def breaks():
        raise KeyError("a fault")

    examines("Broken")(breaks)
    three("OK")

    assert [(each.state, each.subject) for each in examine()] == [
        (State.ERROR, "Broken"),
        (State.OK, "OK"),
    ]


def test_each_subject_has_a_name_of_its_own():
    names = [subject.name for subject in SUBJECTS]

    assert len(names) == len(set(names))


def test_database_that_is_down_is_told_and_nothing_crashes(root):
    def fail(execute, *args):
        raise DatabaseError("server\n  gone")

    with connection.execute_wrapper(fail):
        status, told = run(json=True)

    found = {each["subject"]: each for each in json.loads(told)["findings"]}
    assert status == 2
    assert found["Database"]["text"] == "does not answer: server gone"
    assert found["Worker"]["text"] == "not looked at"
    assert "could not be looked at" not in told


# --- Software --------------------------------------------------------------------


def test_old_python_is_an_error(monkeypatch):
    assert only_line("Python")[0] == State.OK
    monkeypatch.setattr(sys, "version_info", (3, 11, 9))

    assert only_line("Python")[0] == State.ERROR


@pytest.mark.parametrize(
    ("pins", "expected"),
    [
        ("django==0.1", (State.WARNING, "django==0.1 is wanted, not ")),
        ("no-such-package==1", (State.ERROR, "no-such-package is missing")),
        ("no-such==1 ; sys_platform == 'none'\n    # via a\n", (State.OK, "Django ")),
    ],
)
def test_packages_are_compared_with_the_pinned_ones(settings, tmp_path, pins, expected):
    (tmp_path / "requirements.txt").write_text(f"# Compiled\n{pins}\n")
    settings.BASE_DIR = tmp_path
    state, text = only_line("Packages")

    assert (state, text[: len(expected[1])]) == expected


def test_system_checks_are_told_with_their_ids(settings):
    settings.IMPORT_EXPORT_IMPORT_PERMISSION_CODE = None
    settings.SECURE_CONTENT_TYPE_NOSNIFF = False
    ids = {text.split(":")[0]: state for state, text in lines("System checks")}

    assert ids["portal.E001"] == State.ERROR
    assert ids["security.W006"] == State.WARNING


def test_system_checks_without_a_finding_are_in_order(settings, monkeypatch):
    silent = {text.split(":")[0] for _state, text in lines("System checks")}
    settings.SILENCED_SYSTEM_CHECKS = list(silent)

    assert only_line("System checks")[0] == State.OK


# --- Database --------------------------------------------------------------------


def test_database_is_told_with_its_version():
    state, text = only_line("Database")

    assert (state, text.split()[0]) == (State.OK, connection.display_name)


@on_postgresql
def test_old_postgresql_is_warned_of(monkeypatch):
    monkeypatch.setattr("portal.doctor.database.OLDEST_POSTGRESQL", 99)

    assert only_line("Database")[0] == State.WARNING


def test_waiting_migrations_are_an_error():
    assert only_line("Migrations")[0] == State.OK
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'readers'")

    assert only_line("Migrations")[0] == State.ERROR


def test_migrations_of_a_newer_version_are_an_error():
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('portal', '9999_later', CURRENT_TIMESTAMP)"
        )
    state, text = only_line("Migrations")

    assert (state, "9999_later" in text) == (State.ERROR, True)


@on_sqlite
def test_pragma_that_is_not_in_force_is_an_error():
    assert only_line("Database settings")[0] == State.OK
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = OFF")
    found = only_line("Database settings")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA recursive_triggers = ON")

    assert found == (State.ERROR, "recursive_triggers is 0, and should be 1")


@on_postgresql
def test_setting_that_risks_commits_is_an_error():
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")

    told = (State.ERROR, "synchronous_commit is off, and should be on")
    assert told in lines("Database settings")


def test_clock_that_differs_from_the_databases_is_warned_of(monkeypatch):
    assert only_line("Clock")[0] == State.OK
    skewed = timezone.now() - timedelta(minutes=2)
    monkeypatch.setattr("portal.doctor.clock._time_of_database", lambda: skewed)

    assert only_line("Clock")[0] == State.WARNING


# --- History ---------------------------------------------------------------------


def test_missing_triggers_are_an_error():
    assert only_line("Guard of history")[0] == State.OK
    guard.remove(connection)

    assert only_line("Guard of history")[0] == State.ERROR


@pytest.fixture
def sealed(root, branch):
    seal_all()


def test_broken_chain_is_an_error(sealed):
    assert only_line("Seals of history")[0] == State.OK
    last = Seal.objects.last()
    with guard.unlocked("a test"):
        Seal.objects.filter(pk=last.pk).update(digest="0" * 64)

    state, text = only_line("Seals of history")
    assert (state, f"seal {last.position} " in text) == (State.ERROR, True)


def test_missing_link_is_an_error(sealed):
    with guard.unlocked("a test"):
        Seal.objects.filter(position=2).delete()

    assert only_line("Seals of history")[0] == State.ERROR


def test_sealer_that_does_not_run_is_warned_of(sealed):
    then = timezone.now() - timedelta(hours=1)
    ChangeSet.objects.create(kind="form", finished_at=then)

    assert only_line("Seals of history")[0] == State.WARNING


# --- Files -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "state"),
    [(0.1, State.OK), (0.7, State.WARNING), (1.5, State.ERROR)],
)
def test_disk_that_fills_up_is_told(settings, monkeypatch, share, state):
    monkeypatch.setattr(disk, "free_mib", lambda: 1000)
    settings.MIN_FREE_MIB = 1000 * share

    assert only_line("Disk")[0] == state


@pytest.fixture
def private(settings, tmp_path):
    """Folders that are ours alone; the database's is the test suite's business."""
    for name in ("IMPORT_DIR", "EXPORT_DIR", "BACKUP_DIR"):
        folder = Path(getattr(settings, name))
        folder.mkdir(mode=0o700, exist_ok=True)
    if connection.vendor == "sqlite":
        os.chmod(connection.settings_dict["NAME"], 0o600)
    tmp_path.chmod(0o755)


def test_folder_that_others_can_read_is_warned_of(private, settings):
    assert only_line("Private files")[0] == State.OK
    Path(settings.IMPORT_DIR).chmod(0o755)
    state, text = only_line("Private files")

    assert (state, str(settings.IMPORT_DIR) in text) == (State.WARNING, True)


def test_folder_that_cannot_be_written_to_is_an_error(private, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)

    assert only_line("Private files")[0] == State.ERROR


def test_static_files_that_were_not_collected_are_an_error(settings, tmp_path):
    settings.DEBUG, settings.STATIC_ROOT = False, tmp_path
    assert only_line("Static files")[0] == State.ERROR
    (tmp_path / "staticfiles.json").touch()

    assert only_line("Static files")[0] == State.OK


@pytest.mark.parametrize(
    ("days", "state"), [(None, State.WARNING), (1, State.OK), (3, State.WARNING)]
)
def test_backup_that_is_missing_or_old_is_warned_of(private, settings, days, state):
    if days is not None:
        path = Path(settings.BACKUP_DIR) / "reading-room-20260101-000000.zip"
        path.touch()
        then = time.time() - days * 86_400
        os.utime(path, (then, then))

    assert only_line("Backups")[0] == state


# --- Work ------------------------------------------------------------------------


def test_worker_that_is_missing_or_silent_is_an_error(settings):
    assert only_line("Worker") == (State.ERROR, "none runs")
    heartbeats.beat()
    assert only_line("Worker")[0] == State.OK
    Heartbeat.objects.update(beat_at=timezone.now() - timedelta(hours=1))

    assert only_line("Worker") == (State.ERROR, "silent for 3,600 seconds")


LONG_AGO = timezone.now() - timedelta(hours=1)


def stuck_import():
    ImportJob.objects.create(target="a.b", state="reading", heartbeat_at=LONG_AGO)


def stuck_export():
    ExportJob.objects.create(target="a.b", state="running", heartbeat_at=LONG_AGO)


def stuck_revert():
    reverts = ChangeSet.objects.create(kind="change")
    RevertJob.objects.create(owner_name="manager", reverts=reverts)
    RevertJob.objects.update(created_at=LONG_AGO)


def queue_task(settings):
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}
    run_import_job.enqueue(job_id="x")


@pytest.mark.parametrize("make", [stuck_import, stuck_export, stuck_revert])
def test_stuck_job_is_an_error(make):
    assert only_line("Jobs")[0] == State.OK
    make()

    assert only_line("Jobs")[0] == State.ERROR


def test_task_that_nobody_takes_is_an_error(settings):
    queue_task(settings)
    assert only_line("Jobs")[0] == State.OK
    DBTaskResult.objects.update(enqueued_at=LONG_AGO)

    state, text = only_line("Jobs")
    assert (state, "1 tasks in the queue" in text) == (State.ERROR, True)


def test_task_that_broke_off_is_warned_of(settings):
    queue_task(settings)
    assert only_line("Tasks")[0] == State.OK
    DBTaskResult.objects.update(status="FAILED", finished_at=timezone.now())

    state, text = only_line("Tasks")
    assert (state, "run_import_job" in text) == (State.WARNING, True)


def test_letters_are_told_of_where_there_are_any():
    assert len(lines("Letters")) <= 1


# --- Mail ------------------------------------------------------------------------


def test_missing_mail_server_is_warned_of(settings):
    settings.EMAIL_HOST_NAME = ""

    assert only_line("Mail server")[0] == State.WARNING


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        (smtplib.SMTPConnectError(421, "busy"), State.ERROR),
        (ConnectionRefusedError(), State.ERROR),
        (OSError("no such host"), State.ERROR),
        (None, State.OK),
    ],
)
def test_mail_server_that_does_not_answer_is_an_error(
    settings, monkeypatch, answer, state
):
    settings.EMAIL_HOST_NAME = "mail.example.org"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "mail.example.org"},
        }
    }

    class Server:
        def __init__(self, *args, **options):
            if answer is not None:
                raise answer

        def quit(self):
            pass

    monkeypatch.setattr(smtplib, "SMTP", Server)

    assert only_line("Mail server")[0] == state
