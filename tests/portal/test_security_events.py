"""Security events: what is kept of them, and what never is."""

import logging
from datetime import timedelta
from unittest.mock import patch

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, OperationalError, connection, transaction
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from portal.exports.work import run_export_job
from portal.history import guard
from portal.imports.work import carry_on
from portal.models import ExportJob, SecurityEvent
from portal.security import keeping
from portal.security.devices import device_of
from portal.security.events import Kind, record_event
from portal.security.visits import Visit, client_address
from tests.conftest import PASSWORD
from tests.import_steps import EXPORT, check, newest_job, upload
from tests.sign_in import change_password

pytestmark = pytest.mark.django_db

FIREFOX = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0"
)
LOGIN = "/account/login/"


def newest(kind=None):
    events = SecurityEvent.objects.all()
    return (events.filter(kind=kind) if kind else events).first()


def asked(path="/", **headers):
    return RequestFactory().get(path, **headers)


# --- What cannot be done to them --------------------------------------------------


@pytest.mark.parametrize(
    "rewrite",
    [
        lambda events: events.update(device="x"),
        lambda events: events._raw_delete("default"),
        lambda events: events.first().save(),
    ],
    ids=["update", "delete", "save"],
)
def test_event_cannot_be_rewritten(rewrite):
    record_event(Kind.REFUSED)

    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        rewrite(SecurityEvent.objects.all())


def test_deleting_the_account_keeps_its_events(reader_user):
    record_event(Kind.EXPORTED, actor=reader_user, subject=reader_user)
    number = reader_user.pk
    reader_user.delete()

    event = newest()
    assert (event.actor_id, event.actor_name) == (number, "anna.berg")
    assert (event.subject_id, event.subject_name) == (number, "anna.berg")


# --- What strangers send ----------------------------------------------------------


def test_name_typed_cannot_forge_a_line_of_the_log(caplog):
    caplog.set_level(logging.INFO, logger="portal.security")
    record_event(Kind.SIGN_IN_FAILED, typed_name="eve\r\nsigned_in: root\x1b[2J\u202e")

    assert newest().typed_name == "eve signed_in: root [2J"
    [line] = [r for r in caplog.records if r.name == "portal.security"]
    assert "\n" not in line.getMessage() and "\x1b" not in line.getMessage()
    assert line.event_kind == "sign_in_failed"


def test_long_texts_are_cut():
    request = asked("/" + "p" * 5000, HTTP_USER_AGENT="u" * 5000)
    record_event(
        Kind.REFUSED, request=request, typed_name="n" * 5000, reason="r" * 5000
    )

    event = newest()
    lengths = [len(event.path), len(event.user_agent), len(event.typed_name)]
    assert [*lengths, len(event.details["reason"])] == [300, 300, 150, 300]


def test_foreign_details_are_left_out_and_told(caplog):
    record_event(Kind.EXPORTED, password="hunter2", count=3)

    assert newest().details == {"count": 3}
    assert "password" in caplog.text and "hunter2" not in caplog.text


def test_query_and_token_of_the_address_are_not_kept(client):
    client.get("/invitation/MQ/secret-token/?next=hunter2")
    with patch("accounts.views.InvitationView.dispatch", side_effect=PermissionDenied):
        client.get("/invitation/MQ/secret-token/?next=hunter2")

    event = newest(Kind.REFUSED)
    assert event.path == "/invitation/<str:uidb64>/<str:token>/"
    assert "hunter2" not in str(SecurityEvent.objects.values().get())


@pytest.mark.parametrize(
    ("remote", "forwarded", "is_trusted", "address"),
    [
        ("10.0.0.1", "6.6.6.6", False, "10.0.0.1"),
        ("10.0.0.1", "6.6.6.6, 192.0.2.7", True, "192.0.2.7"),
        ("10.0.0.1", "6.6.6.6, <script>", True, "10.0.0.1"),
        ("10.0.0.1", "", True, "10.0.0.1"),
        ("::ffff:192.0.2.7", "", False, "192.0.2.7"),
        ("fe80::1%eth0", "", False, "fe80::1"),
        ("", "", False, None),
        ("unix:", "", False, None),
    ],
)
def test_address_is_valid_and_not_the_browsers_word(
    settings, remote, forwarded, is_trusted, address
):
    settings.TRUST_PROXY = is_trusted
    request = asked(REMOTE_ADDR=remote, HTTP_X_FORWARDED_FOR=forwarded)

    assert client_address(request) == address
    record_event(Kind.REFUSED, request=request)
    assert newest().address == address


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (FIREFOX, "Firefox on Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1 "
            "(KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1",
            "Safari on iPhone",
        ),
        (
            "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 "
            "(KHTML, like Gecko) Chrome/137.0.0.0 Safari/537.36 Edg/137.0.0.0",
            "Edge on macOS",
        ),
        (
            "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) "
            "SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        ("curl/8.5.0", "curl"),
        ("something else", "Unknown device"),
        ("", ""),
    ],
)
def test_device_is_told_in_few_words(agent, device):
    assert device_of(agent) == device


def test_event_tells_where_the_request_came_from():
    request = asked("/admin/", HTTP_USER_AGENT=FIREFOX)
    request.request_id = "abc-1"

    assert Visit.of(request) == Visit(
        "127.0.0.1", "Firefox on Windows", FIREFOX, "/admin/", "abc-1"
    )


# --- When it cannot be kept -------------------------------------------------------


def test_act_goes_on_when_the_event_cannot_be_kept(client, manager, caplog):
    caplog.set_level(logging.INFO, logger="portal.security")
    full = OperationalError("database or disk is full")
    sent = {"login": "manager", "password": PASSWORD}
    with patch.object(SecurityEvent, "save", side_effect=full):
        client.post(LOGIN, sent)

    assert client.session["_auth_user_id"] == str(manager.pk)
    assert "signed_in by manager from 127.0.0.1" in caplog.text
    assert "could not be kept" in caplog.text


def fail():
    """In the database, so that PostgreSQL takes the transaction for broken."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM no_such_table")


def test_failure_leaves_the_transaction_of_the_act_usable(reader_user):
    with transaction.atomic():
        with patch.object(SecurityEvent, "save", lambda *_, **__: fail()):
            record_event(Kind.REFUSED)
        reader_user.first_name = "Else"
        reader_user.save()

    assert User.objects.get(pk=reader_user.pk).first_name == "Else"


def test_event_of_an_act_that_is_rolled_back_is_not_kept():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        record_event(Kind.EXPORTED)
        raise ZeroDivisionError

    assert not SecurityEvent.objects.exists()


# --- What the portal records by itself --------------------------------------------


def test_sign_in_is_recorded_with_address_and_device(client, manager):
    client.post(
        LOGIN,
        {"login": "manager", "password": PASSWORD},
        HTTP_USER_AGENT=FIREFOX,
    )

    event = newest(Kind.SIGNED_IN)
    assert (event.actor_name, event.path) == ("manager", LOGIN)
    assert (event.address, event.device) == ("127.0.0.1", "Firefox on Windows")


@pytest.mark.parametrize(
    ("typed", "person"), [("Anna.Berg", "anna.berg"), ("nobody\0", "")]
)
def test_failed_sign_in_is_recorded_without_its_password(
    client, reader_user, typed, person
):
    client.post(LOGIN, {"login": typed, "password": "hunter2 hunter2"})

    event = newest()
    if event is None:
        # A form that is refused for its NUL asks nobody.
        assert "\0" in typed
        return
    assert event.kind == Kind.SIGN_IN_FAILED
    assert (event.typed_name, event.subject_name) == (typed, person)
    assert "hunter2" not in str(SecurityEvent.objects.values().get())


def test_signing_out_is_recorded(client, manager):
    client.force_login(manager)
    client.post(reverse("admin:logout"))

    assert newest().kind == Kind.SIGNED_OUT
    assert newest().actor_name == "manager"


def test_password_change_is_recorded_once_with_who_did_it(client, manager):
    client.force_login(manager)
    change_password(client, PASSWORD, "an other horse")

    event = SecurityEvent.objects.exclude(kind=Kind.SIGNED_IN).first()
    assert event.kind == Kind.PASSWORD_CHANGED
    assert (event.actor_name, event.subject_name) == ("manager", "manager")


def test_upgrading_the_hash_is_no_password_change(client, settings, manager):
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        "django.contrib.auth.hashers.MD5PasswordHasher",
    ]
    before = SecurityEvent.objects.filter(kind=Kind.PASSWORD_CHANGED).count()
    client.post(LOGIN, {"login": "manager", "password": PASSWORD})

    after = SecurityEvent.objects.filter(kind=Kind.PASSWORD_CHANGED).count()
    assert (newest().kind, after) == (Kind.SIGNED_IN, before)


# --- Data that goes out, and files that are refused ---------------------------------


@pytest.mark.parametrize("is_large", [False, True])
def test_export_is_recorded_when_it_is_made_and_when_it_is_taken(
    client, importer, settings, is_large
):
    settings.EXPORT_NOW_ROWS = 0 if is_large else 100
    client.force_login(importer)
    client.post(reverse(EXPORT), {"format": "csv", "columns": ["username"]})
    job = ExportJob.objects.get()
    if is_large:
        run_export_job.call(job_id=str(job.pk))
        client.get(reverse("admin:portal_exportjob_download", args=[job.pk]))

    taken, made = SecurityEvent.objects.all()[:2]
    assert (made.kind, taken.kind) == (Kind.EXPORTED, Kind.DOWNLOADED)
    assert (made.actor_name, taken.actor_name) == ("importer", "importer")
    assert taken.details == made.details | {"count": 1}
    assert (taken.address, made.details["job"]) == ("127.0.0.1", str(job.pk))


def test_export_of_history_is_recorded(client, auditor):
    client.force_login(auditor)
    client.get(reverse("admin:portal_changeset_export", args=["csv"]))

    event = newest(Kind.EXPORTED)
    assert (event.actor_name, event.details["target"]) == (
        "auditor",
        "portal.changeset",
    )


def test_unreadable_file_is_a_refused_import(client, importer):
    client.force_login(importer)
    upload(client, b"PK\x03\x04 no workbook", "people.xlsx")

    event = newest(Kind.IMPORT_REFUSED)
    assert (event.actor_name, event.details["file"]) == ("importer", "people.xlsx")
    assert event.details["reason"] == newest_job().error[:300]


def test_import_of_who_lost_the_right_is_recorded_as_refused(client, importer):
    settings_of_worker = {"BACKEND": "django.tasks.backends.dummy.DummyBackend"}
    client.force_login(importer)
    with override_settings(TASKS={"default": settings_of_worker}):
        check(client, "username\nnew.one\n")
    importer.groups.clear()
    carry_on(newest_job().pk)

    event = newest(Kind.IMPORT_REFUSED)
    assert (event.actor_name, event.details["target"]) == ("importer", "accounts.user")


# --- Refusals ---------------------------------------------------------------------


def test_refusal_is_recorded_with_method_and_page(client, bystander):
    client.force_login(bystander)
    address = reverse("admin:accounts_user_changelist")
    client.post(address)

    event = newest()
    assert (event.kind, event.path) == (Kind.REFUSED, address)
    assert (event.actor_name, event.details) == ("bystander", {"method": "POST"})


def test_missing_csrf_token_is_recorded(manager):
    Client(enforce_csrf_checks=True).post(LOGIN, {"login": "manager"})

    assert (newest().kind, newest().path) == (Kind.REFUSED, LOGIN)


def test_same_refusal_is_recorded_once_in_a_minute(client, bystander):
    client.force_login(bystander)
    address = reverse("admin:accounts_user_changelist")
    soon = timezone.now() + timedelta(minutes=2)
    for _time in range(3):
        client.get(address)
    client.post(address)
    with patch.object(timezone, "now", return_value=soon):
        client.get(address)

    methods = [event.details["method"] for event in refusals()]
    assert methods == ["GET", "POST", "GET"]


def test_refusals_of_many_pages_do_not_flood(client, bystander):
    client.force_login(bystander)
    for number in range(40):
        client.get(reverse("admin:accounts_user_invite", args=[number]))

    assert refusals().count() == 30


def test_strangers_are_told_apart_by_address_and_from_who_signed_in(client, bystander):
    client.force_login(bystander)
    client.get(reverse("admin:accounts_user_changelist"))
    for address in ("127.0.0.1", "127.0.0.1", "192.0.2.7"):
        stranger = Client(enforce_csrf_checks=True, REMOTE_ADDR=address)
        stranger.post(LOGIN, {"username": "x"})

    told = [(event.actor_name, event.address) for event in refusals()]
    assert told == [("", "192.0.2.7"), ("", "127.0.0.1"), ("bystander", "127.0.0.1")]


def refusals():
    return SecurityEvent.objects.filter(kind=Kind.REFUSED)


# --- Keeping and forgetting -------------------------------------------------------


def test_old_events_are_pruned_and_younger_kept(settings):
    settings.SECURITY_EVENT_KEEP_DAYS = 30
    for days in (40, 20):
        at = timezone.now() - timedelta(days=days)
        SecurityEvent.objects.create(kind=Kind.REFUSED, at=at, details={"count": days})

    assert keeping.prune() == 1
    assert [event.details["count"] for event in SecurityEvent.objects.all()] == [20]
    assert guard.missing(connection) == []


def test_nothing_old_opens_no_door(caplog):
    record_event(Kind.REFUSED)

    assert keeping.prune() == 0
    assert "unlocked" not in caplog.text
