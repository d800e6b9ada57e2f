"""`manage.py serve` as a real process: what it starts, says, and leaves behind."""

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30


@pytest.fixture
def port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture
def serve(environment, port):
    started = []

    def start(*arguments):
        process = subprocess.Popen(
            [sys.executable, "manage.py", "serve", "--port", str(port), *arguments],
            cwd=ROOT,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.terminate()
        process.communicate(timeout=PATIENCE)


def children_of(process):
    found = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True
    )
    rows = [line.split(maxsplit=2) for line in found.stdout.splitlines()]
    return {
        int(pid): command for pid, ppid, command in rows if int(ppid) == process.pid
    }


def child_named(process, module):
    return next(
        pid for pid, command in children_of(process).items() if module in command
    )


def wait_until_answering(process):
    for line in process.stdout:
        if "Reading Room is at" in line:
            return line
    pytest.fail("serve ended before it answered")


def groups_left(pids):
    """Those of the process groups, each named for its first process, still alive."""
    deadline = time.monotonic() + 2
    left = set(pids)
    while left and time.monotonic() < deadline:
        left = {pid for pid in left if is_alive(pid)}
        time.sleep(0.05)
    return left


def is_alive(group):
    try:
        os.killpg(group, 0)
    except ProcessLookupError:
        return False
    return True


def test_taken_port_is_refused_in_one_line(serve, port):
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()

        process = serve()
        output, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert "Traceback" not in output
    assert re.match(
        rf"CommandError: .*port {port}: something else", output.splitlines()[-1]
    )


def test_history_without_its_guard_is_refused(serve, environment):
    with sqlite3.connect(environment["DATABASE"]) as database:
        find = "SELECT sql FROM sqlite_master WHERE name = ?"
        name = "portal_changeset_refuses_update"
        [trigger] = database.execute(find, [name]).fetchone()
        database.execute(f"DROP TRIGGER {name}")

    process = serve()
    output, _ = process.communicate(timeout=PATIENCE)
    with sqlite3.connect(environment["DATABASE"]) as database:
        database.execute(trigger)

    assert process.returncode == 1
    assert "portal.E002" in output and name in output


@pytest.mark.parametrize(
    ("module", "name"),
    [("granian", "web"), ("django work", "worker"), ("seal_history", "sealer")],
)
def test_death_of_one_ends_the_other_and_names_it(serve, module, name):
    process = serve()
    wait_until_answering(process)
    children = children_of(process)

    os.kill(child_named(process, module), signal.SIGKILL)
    output, _ = process.communicate(timeout=PATIENCE)

    assert process.returncode == 1
    assert f"The {name} ended by itself" in output
    assert not groups_left(children)


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_signal_ends_everything_in_peace(serve, signum):
    process = serve()
    wait_until_answering(process)
    children = children_of(process)

    process.send_signal(signum)
    output, _ = process.communicate(timeout=PATIENCE)

    assert len(children) == 3
    assert process.returncode == 0
    assert "Traceback" not in output
    assert not groups_left(children)


def test_signal_during_start_leaves_nothing_behind(serve):
    process = serve()
    while len(children := children_of(process)) < 3:
        time.sleep(0.02)

    process.send_signal(signal.SIGINT)
    process.communicate(timeout=PATIENCE)

    assert process.returncode == 0
    assert not groups_left(children)


def test_announced_address_answers(serve):
    line = wait_until_answering(serve("--web-only"))

    address = re.search(r"http://\S+", line).group()
    with urllib.request.urlopen(address, timeout=PATIENCE) as response:
        assert response.status == 200


def test_web_only_starts_the_web_alone(serve):
    process = serve("--web-only")
    wait_until_answering(process)

    [command] = children_of(process).values()
    assert "granian" in command
