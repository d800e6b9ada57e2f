"""What strangers send cannot look like a log line of its own, or steer a terminal."""

import json
import logging
import sys
from types import SimpleNamespace
from unittest.mock import Mock

import pytest

from portal.logs.context import ContextFilter, bound
from portal.logs.formats import JsonFormatter, LineFormatter
from portal.logs.masking import mask
from portal.processes import Child

FORGED = [
    "a\nINFO portal.requests forged",
    "a\r\n{'level': 'INFO'}",
    "\x1b[2J\x1b]0;title\x07",
    "a\u2028b\u2029c\x85d",
    "\u202etxt.exe\u2066",
    "\ud800",
]
SECRETS = [
    "password=hunter2 x",
    "{'password': 'hunter2'}",
    '{"new_password1": "hunter2"}',
    "csrfmiddlewaretoken=hunter2&x=1",
    "Authorization: Bearer hunter2",
    "Cookie: sessionid=hunter2",
    "EMAIL_PASSWORD=hunter2",
]


def record(message, *args, trouble=None):
    made = logging.LogRecord("portal", logging.INFO, "x", 1, message, args, trouble)
    ContextFilter().filter(made)
    return made


def raised(text):
    try:
        raise ValueError(text)
    except ValueError:
        return sys.exc_info()


@pytest.mark.parametrize("text", FORGED)
@pytest.mark.parametrize("formatter", [JsonFormatter(), LineFormatter()])
def test_logged_text_stays_on_its_line(formatter, text):
    line = formatter.format(record("Name: %s", text))

    assert line.splitlines() == [line]
    assert line.isprintable()


@pytest.mark.parametrize("text", FORGED)
def test_text_in_a_traceback_cannot_begin_a_line(text):
    lines = LineFormatter().format(record("x", trouble=raised(text))).splitlines()

    assert len(lines) > 1
    assert all(line.startswith("    ") for line in lines[1:])
    assert all(line.isprintable() for line in lines)


def test_json_line_has_the_facts_as_values():
    with bound(request_id="abc"):
        line = json.loads(JsonFormatter().format(record("%s rows", 3)))

    assert line["message"] == "3 rows"
    assert (line["level"], line["logger"]) == ("INFO", "portal")
    assert line["request_id"] == "abc"
    assert line["time"].endswith("+00:00")


def test_line_of_a_child_stays_json():
    child = Child.__new__(Child)
    lines = ['{"level": "INFO"}\n', "Listening\n"]
    child.name, child.process = "web", SimpleNamespace(stdout=lines)
    child.output = Mock()

    child.relay_output()

    written = [call.args[0] for call in child.output.write.call_args_list]
    assert written == ['{"level": "INFO"}', "web    | Listening"]


@pytest.mark.parametrize("text", SECRETS)
def test_named_secret_is_masked(text):
    assert "hunter2" not in mask(text)


def test_secret_in_a_traceback_is_masked():
    line = JsonFormatter().format(record("x", trouble=raised("password=hunter2")))

    assert "hunter2" not in line
    assert "ValueError" in line


@pytest.mark.parametrize(
    "text",
    [
        "Import 6f1c8a52-8a51-4a0c-9d5c-1f0c8e3d7a11 broke off.",
        "GET /admin/accounts/user/12/change/ 200 3 ms",
        "User 3 can no longer be invited; no letter sent.",
    ],
)
def test_what_is_no_secret_stays(text):
    assert mask(text) == text
