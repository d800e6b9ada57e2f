"""Each request has an id and one line, which tells what it was and no secret."""

import json
import logging

import pytest
from django.urls import reverse

from accounts.tokens import invitation_link
from portal.logs.context import ContextFilter
from portal.logs.formats import JsonFormatter
from tests.conftest import PASSWORD

pytestmark = pytest.mark.django_db
SENT = "proxy-7f3a.0001"


class Lines(logging.Handler):
    def __init__(self):
        super().__init__()
        self.addFilter(ContextFilter())
        self.setFormatter(JsonFormatter())
        self.text = []

    def emit(self, record):
        self.text.append(self.format(record))

    @property
    def requests(self):
        found = [json.loads(each) for each in self.text]
        return [each for each in found if each["logger"] == "portal.requests"]


@pytest.fixture
def lines():
    handler = Lines()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


def test_request_leaves_one_line_with_who_what_and_how_it_ended(client, root, lines):
    client.force_login(root)
    response = client.get(reverse("admin:index"), REMOTE_ADDR="192.0.2.7")

    [line] = lines.requests
    assert line["request_id"] == response["X-Request-ID"]
    assert (line["method"], line["path"], line["status"]) == ("GET", "/admin/", 200)
    assert (line["user"], line["address"]) == (root.pk, "192.0.2.7")
    assert line["ms"] >= 0


def test_each_line_of_a_request_that_fails_has_its_id(client, lines, monkeypatch):
    def fail(*args, **kwargs):
        raise RuntimeError("broken")

    monkeypatch.setattr("accounts.views.InvitationDoneView.get", fail)
    client.raise_request_exception = False
    response = client.get(reverse("accounts:invitation_done"))

    found = [json.loads(each) for each in lines.text]
    assert [each["level"] for each in found] == ["ERROR", "INFO"]
    assert "RuntimeError: broken" in found[0]["traceback"]
    assert {each["request_id"] for each in found} == {response["X-Request-ID"]}


def test_id_of_a_request_is_ours_unless_a_proxy_is_trusted(client, settings):
    for trusts, expected in ((False, False), (True, True)):
        settings.TRUST_PROXY = trusts
        response = client.get("/admin/login/", headers={"X-Request-ID": SENT})
        assert (response["X-Request-ID"] == SENT) == expected


@pytest.mark.parametrize("sent", ["", "a b", "x" * 65, "a\r\nX: 1", "é" * 9, "{$}" * 5])
def test_odd_id_is_not_accepted_even_from_a_proxy(client, settings, sent):
    settings.TRUST_PROXY = True
    response = client.get("/admin/login/", headers={"X-Request-ID": sent})

    assert len(response["X-Request-ID"]) == 32


@pytest.mark.parametrize(
    ("trusts", "forwarded", "address"),
    [
        (False, "203.0.113.9", "192.0.2.7"),
        (True, "203.0.113.9", "203.0.113.9"),
        (True, "198.51.100.1, 203.0.113.9", "203.0.113.9"),
        (True, "<script>", ""),
        (True, "", "192.0.2.7"),
    ],
)
def test_address_is_the_proxys_word_only_if_trusted(
    client, settings, lines, trusts, forwarded, address
):
    settings.TRUST_PROXY = trusts
    client.get(
        "/admin/login/",
        headers={"X-Forwarded-For": forwarded},
        REMOTE_ADDR="192.0.2.7",
    )

    assert lines.requests[0]["address"] == address


def test_query_is_in_no_line(client, root, lines):
    client.force_login(root)
    client.get("/admin/accounts/user/?q=Annabel-Berg")
    client.get("/admin/no/such/page/?q=Annabel-Berg")

    assert "Annabel" not in "".join(lines.text)


@pytest.mark.parametrize("rest", ["", "x", "?next=/"])
def test_token_of_a_link_is_in_no_line(client, reader_user, lines, rest):
    link = invitation_link(reader_user, "")
    token = link.split("/")[-2]
    client.get(link + rest)
    client.get(link.rstrip("/"))

    assert len(lines.requests) == 2
    assert token not in "".join(lines.text)
    assert token.rpartition(".")[2] not in "".join(lines.text)


def test_password_is_in_no_line(client, root, lines):
    client.post(
        reverse("admin:login"), {"username": "root", "password": PASSWORD + "!"}
    )
    client.post(reverse("admin:login"), {"username": "root", "password": PASSWORD})

    assert len(lines.requests) == 2
    assert PASSWORD not in "".join(lines.text)


def test_request_that_the_host_check_refuses_has_id_and_line(client, lines):
    response = client.get("/", headers={"Host": "evil.example"})

    assert response.status_code == 400
    assert lines.requests[0]["request_id"] == response["X-Request-ID"]
