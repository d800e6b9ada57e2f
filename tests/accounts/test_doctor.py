"""The doctor's lines about who can get in, each made to fail once."""

import json
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest

from accounts.models import User
from portal.doctor import State, examine
from tests.accounts.sign_in.codes import give_app
from tests.conftest import make_staff

pytestmark = pytest.mark.django_db


def line(subject):
    [found] = [each for each in examine() if each.subject == subject]
    return found.state, found.text


class Provider(BaseHTTPRequestHandler):
    def do_GET(self):
        status, body = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def provider(settings):
    """Answers what the test puts into `answer`."""
    server = HTTPServer(("127.0.0.1", 0), Provider)
    Thread(target=server.serve_forever, daemon=True).start()
    server.issuer = settings.SSO_ISSUER = f"http://127.0.0.1:{server.server_port}"
    server.answer = 200, json.dumps({"issuer": f"{server.issuer}/"})
    yield server
    server.shutdown()
    server.server_close()


def test_nobody_who_may_do_everything_is_an_error(root):
    before = line("Administrators")
    root.is_active = False
    root.save()

    assert before == (State.OK, "1 active")
    assert line("Administrators")[0] is State.ERROR


def test_those_who_have_no_second_factor_yet_are_counted(root, front_desk):
    make_staff("importer", "Importer")
    give_app(User.objects.get(username="importer"))

    assert line("Second factor") == (
        State.OK,
        "2 need one; 1 of them add it at their next sign-in",
    )


def test_second_factor_that_nobody_needs_is_a_warning(settings):
    settings.SECOND_FACTOR_RIGHTS = []

    assert line("Second factor")[0] is State.WARNING


def test_portal_without_single_sign_on_is_well(settings):
    settings.SSO_ISSUER = ""

    assert line("Single sign-on") == (State.OK, "not set up")


def test_provider_that_answers_is_well(provider):
    assert line("Single sign-on") == (State.OK, f"{provider.issuer} answers")


@pytest.mark.parametrize(
    "answer",
    [
        (500, "{}"),
        (200, "<html>"),
        (200, "[]"),
        (200, "{}"),
        (200, '{"issuer": "https://elsewhere.example"}'),
        (200, '{"issuer": 7}'),
    ],
)
def test_provider_that_answers_something_else_is_an_error(provider, answer):
    provider.answer = answer

    assert line("Single sign-on")[0] is State.ERROR


def test_provider_that_is_away_is_an_error(settings):
    settings.SSO_ISSUER = "http://127.0.0.1:9"
    state, text = line("Single sign-on")

    assert state is State.ERROR
    assert text.startswith("http://127.0.0.1:9/.well-known/openid-configuration: ")
