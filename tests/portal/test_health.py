"""What the portal tells whoever watches over it, and what it keeps from them."""

import smtplib
from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError, connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import disk, heartbeats
from portal.health.latest import KEEP, LATEST
from portal.models import Heartbeat
from tests.portal.pages import all_rows

LIVE, READY = "/health/live/", "/health/ready/"
TOKEN = "a long token of our own"


@pytest.fixture(autouse=True)
def fresh():
    LATEST.forget()
    yield
    LATEST.forget()


@pytest.fixture
def ready(db):
    heartbeats.beat()


def details(client, settings):
    settings.HEALTH_TOKEN = TOKEN
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
    response = client.get(READY, headers=headers)
    return response.status_code, response.json()["checks"]


# --- Live ------------------------------------------------------------------------


@pytest.mark.django_db(databases=[])
def test_process_is_alive_without_a_database(client):
    client.cookies["sessionid"] = "of somebody"
    response = client.get(LIVE)

    assert (response.status_code, response.content) == (200, b"alive\n")


@pytest.mark.parametrize("path", [LIVE, READY])
@pytest.mark.parametrize("verb", ["post", "put", "delete", "patch", "options"])
def test_probe_only_reads(client, db, path, verb):
    assert getattr(client, verb)(path).status_code == 405


def test_addresses_have_names():
    assert (reverse("health:live"), reverse("health:ready")) == (LIVE, READY)


# --- Ready -----------------------------------------------------------------------


def test_portal_in_order_is_ready(client, ready):
    response = client.get(READY)

    assert (response.status_code, response.content) == (200, b"ready\n")
    assert client.head(READY).status_code == 200


def test_json_is_for_whoever_accepts_it(client, ready):
    response = client.get(READY, headers={"Accept": "application/json"})

    assert response.json() == {"status": "ready"}


def test_look_leaves_every_row_as_it_was(client, ready):
    before = all_rows()
    client.get(READY)

    assert all_rows() == before


def test_no_worker_is_told(client, db, settings):
    assert details(client, settings) == (
        503,
        {
            "database": "ok",
            "migrations": "ok",
            "worker": "No worker runs.",
            "disk": "ok",
        },
    )


def test_silent_worker_is_told(client, db, settings):
    then = timezone.now() - timedelta(seconds=settings.WORKER_SILENT_SECONDS + 1)
    Heartbeat.objects.create(process="desk", beat_at=then)
    status, checks = details(client, settings)

    assert (status, "sign of life" in checks["worker"]) == (503, True)


def test_full_disk_is_told(client, ready, settings):
    settings.MIN_FREE_MIB = disk.free_mib() + 10_000
    status, checks = details(client, settings)

    assert (status, checks["disk"].startswith("Only ")) == (503, True)


def test_waiting_migrations_are_told(client, ready, settings):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'readers'")
    status, checks = details(client, settings)

    assert (status, checks["migrations"]) == (503, "Migrations wait.")


def failing(error, words):
    def fail(execute, sql, *rest):
        if words in sql:
            raise error
        return execute(sql, *rest)

    return connection.execute_wrapper(fail)


def test_database_that_cannot_be_written_to_is_told(client, ready, settings):
    read_only = OperationalError("attempt to write a readonly database: /secret")
    with failing(read_only, "INSERT"):
        status, checks = details(client, settings)

    assert (status, checks["database"].endswith("written to.")) == (503, True)


def test_database_that_is_away_is_told_and_does_not_crash(client, ready, settings):
    with failing(DatabaseError("gone"), ""):
        status, checks = details(client, settings)

    wrong = {name for name, text in checks.items() if text != "ok"}
    assert (status, wrong) == (503, {"database", "migrations", "worker"})


@pytest.fixture
def mail_server(settings, monkeypatch):
    """A server that lets nobody in, and how often it was asked."""
    settings.EMAIL_HOST_NAME = "mail.example.org"
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "mail.example.org", "password": "of the server"},
        }
    }
    asked = []

    def refuse(*args, timeout, **options):
        asked.append(timeout)
        raise smtplib.SMTPConnectError(421, "of the server")

    monkeypatch.setattr(smtplib, "SMTP", refuse)
    return asked


def test_mail_server_that_does_not_answer_is_told(client, ready, settings, mail_server):
    status, checks = details(client, settings)

    assert (status, "SMTP" in checks["mail"]) == (503, True)
    assert "of the server" not in checks["mail"]
    assert mail_server == [3.0]


def test_many_probes_ask_the_mail_server_and_the_database_once(
    client, ready, mail_server, django_assert_num_queries
):
    client.get(READY)
    with django_assert_num_queries(0):
        answers = [client.get(READY) for _ in range(20)]

    assert len(mail_server) == 1
    assert {each.status_code for each in answers} == {503}


def test_what_was_seen_is_looked_at_again_after_some_seconds(client, db, monkeypatch):
    assert client.get(READY).status_code == 503
    heartbeats.beat()
    assert client.get(READY).status_code == 503
    monkeypatch.setattr(LATEST, "_looked_at", LATEST._looked_at - KEEP - 1)

    assert client.get(READY).status_code == 200


# --- Who may know ----------------------------------------------------------------


@pytest.mark.parametrize("token", ["", TOKEN])
@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Bearer wrong", "Basic é", TOKEN[:-1]]
)
def test_visitor_without_the_token_is_told_no_details(
    client, db, settings, token, header
):
    settings.HEALTH_TOKEN = token
    headers = {} if header is None else {"Authorization": header}
    response = client.get(READY, headers=headers)

    assert (response.status_code, response.content) == (503, b"not ready\n")


def test_even_a_superuser_needs_the_token(client, root, settings):
    client.force_login(root)

    assert client.get(READY).content == b"not ready\n"


def test_details_are_plain_text_too(client, ready, settings):
    settings.HEALTH_TOKEN = TOKEN
    response = client.get(READY, headers={"Authorization": f"Bearer {TOKEN}"})

    assert response.content.decode().splitlines() == [
        "ready",
        "database: ok",
        "migrations: ok",
        "worker: ok",
        "disk: ok",
    ]


# --- Where it is asked -----------------------------------------------------------


@pytest.mark.parametrize("path", [LIVE, READY])
def test_probe_by_address_over_plain_http_is_answered_in_production(
    ready, settings, path
):
    settings.ALLOWED_HOSTS = ["portal.example.org"]
    settings.SECURE_SSL_REDIRECT = True
    client = Client(headers={"Host": "127.0.0.1:8000"})

    assert client.get(path).status_code == 200
    elsewhere = client.get("/admin/login/")
    assert elsewhere.status_code in (301, 400)


@pytest.mark.parametrize("path", [LIVE, READY])
def test_answer_has_the_security_headers_and_is_kept_by_nobody(client, ready, path):
    response = client.get(path)

    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in response["Content-Security-Policy"]
    assert "no-store" in response["Cache-Control"]
    assert "Set-Cookie" not in response


@pytest.mark.skipif(connection.vendor != "sqlite", reason="One writes at a time")
@pytest.mark.django_db(transaction=True)
def test_database_that_somebody_writes_to_can_be_written_to(client, settings):
    heartbeats.beat()
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("BEGIN IMMEDIATE")
        status, checks = details(client, settings)
    other.close()

    assert (status, checks["database"]) == (200, "ok")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout")
        assert cursor.fetchone() == (20_000,)
