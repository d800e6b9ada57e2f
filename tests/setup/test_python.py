"""Which Python the set-up builds on, and what becomes of the environment it makes."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).resolve().parents[2] / ".ci"


@pytest.fixture
def machine(tmp_path):
    """A PATH with the shell's tools and no Python but those that `install` puts there.

    An installed Python is a script that answers the probe as the real one would.
    """
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "cat", "dirname", "ls", "sort", "rm"):
        (tools / name).symlink_to(shutil.which(name))
    return tmp_path


def install(machine, place, answer):
    python = machine / place
    python.parent.mkdir(parents=True, exist_ok=True)
    python.write_text(f"#!/usr/bin/env -S bash\n{answer}\n")
    python.chmod(0o755)
    return python


def find_python(machine, **variables):
    environment = {
        "PATH": f"{machine / 'bin'}:{machine / 'tools'}",
        "HOME": str(machine),
    }
    return subprocess.run(
        ["bash", SCRIPTS / "find-python"],
        env=environment | variables,
        capture_output=True,
        text=True,
    )


def test_no_python_is_said_in_one_line(machine):
    install(machine, "bin/python3", "exit 1")

    found = find_python(machine)

    assert found.returncode == 1
    assert found.stdout == ""
    assert found.stderr.startswith("Python 3.12, 3.13 or 3.14 is missing")
    assert found.stderr.count("\n") == 1


def test_python_without_venv_is_named(machine):
    install(machine, "bin/python3", "echo lacks ensurepip in /usr/bin/python3")

    found = find_python(machine)

    assert found.returncode == 1
    assert "/usr/bin/python3 has no module ensurepip" in found.stderr
    assert found.stderr.count("\n") == 1


def test_unsuitable_choice_by_hand_is_refused_though_others_suit(machine):
    install(machine, "bin/python3.13", "echo 13 /suitable")
    old = install(machine, "old/python3", "exit 1")

    found = find_python(machine, PYTHON=str(old))

    assert found.returncode == 1
    assert str(old) in found.stderr


def test_shim_that_does_not_run_is_passed_over(machine):
    install(machine, "bin/python3.13", "echo pyenv: command not found >&2; exit 127")
    install(machine, ".pyenv/versions/3.13.0/bin/python3", "echo 13 /pyenv/3.13.0")

    found = find_python(machine)

    assert found.stdout == "/pyenv/3.13.0\n"


@pytest.mark.parametrize(
    ("versions", "chosen"),
    [
        (["3.12.9", "3.13.1", "3.14.0"], "3.13.1"),
        (["3.13.9", "3.13.10"], "3.13.10"),
        (["3.12.1", "3.14.0"], "3.14.0"),
        (["3.12.1", "3.15.0"], "3.12.1"),
        (["3.15.0"], "3.15.0"),
    ],
)
def test_version_tested_together_is_preferred(machine, versions, chosen):
    for version in versions:
        minor = version.split(".")[1]
        install(
            machine, f"py/versions/{version}/bin/python3", f"echo {minor} /{version}"
        )

    found = find_python(machine, PYENV_ROOT=str(machine / "py"))

    assert found.stdout == f"/{chosen}\n"


@pytest.mark.parametrize("installed", [True, False])
def test_uv_brings_a_python_when_there_is_none(machine, installed):
    python = install(machine, "uv/python", "echo 13 /uv/python")
    fetched = machine / "fetched"
    if installed:
        fetched.touch()
    install(
        machine,
        "bin/uv",
        f'if [ "$2" = install ]; then : >{fetched}; exit; fi\n'
        f"[ -e {fetched} ] && echo {python}",
    )

    found = find_python(machine)

    assert found.stdout == "/uv/python\n"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory):
    """A checkout with nothing to install, set up once."""
    folder = tmp_path_factory.mktemp("checkout")
    shutil.copytree(SCRIPTS, folder / ".ci")
    (folder / "requirements.txt").touch()
    set_up(folder)
    return folder


def set_up(folder, python=sys.executable):
    return subprocess.run(
        ["bash", ".ci/setup"],
        cwd=folder,
        env=os.environ | {"PYTHON": python},
        capture_output=True,
        text=True,
        check=True,
    ).stdout


def test_second_set_up_does_nothing(checkout):
    assert set_up(checkout) == ""


def test_interrupted_set_up_is_repaired(checkout):
    (checkout / ".venv/ready").unlink()
    shutil.rmtree(checkout / ".venv/lib")

    set_up(checkout)

    subprocess.run(
        [checkout / ".venv/bin/python", "-m", "pip", "--version"], check=True
    )


def test_changed_requirements_are_installed_anew(checkout):
    (checkout / "requirements.txt").write_text("# Changed\n")

    assert "Installing" in set_up(checkout)


def test_failed_installation_is_said_and_tried_again(checkout):
    (checkout / "requirements.txt").write_text("--no-such-option\n")

    with pytest.raises(subprocess.CalledProcessError) as failure:
        set_up(checkout)

    assert "could not be installed" in failure.value.stderr
    assert not (checkout / ".venv/ready").exists()
