"""Python, and the packages that requirements.txt pins."""

import platform
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import django
from django.conf import settings
from packaging.requirements import Requirement

from portal.doctor.registry import Finding, error, examines, ok, warning

OLDEST_PYTHON = (3, 12)
INSTALL = "Run: pip install -r requirements.txt"


@examines("Python")
def look_at_python() -> Iterator[Finding]:
    found = f"Python {platform.python_version()}"
    if sys.version_info < OLDEST_PYTHON:
        yield error(found, f"Use Python {'.'.join(map(str, OLDEST_PYTHON))} or newer.")
    else:
        yield ok(found)


@examines("Packages")
def look_at_packages() -> Iterator[Finding]:
    path = Path(settings.BASE_DIR) / "requirements.txt"
    pinned = list(_pinned(path.read_text()))
    differing = [text for each in pinned if (text := _difference(each))]
    missing = [text for text in differing if text.endswith("is missing")]
    if missing:
        yield error(", ".join(missing), INSTALL)
    if others := [text for text in differing if text not in missing]:
        yield warning(", ".join(others), INSTALL)
    if not differing:
        yield ok(f"Django {django.get_version()}; {len(pinned)} packages as pinned")


def _pinned(text: str) -> Iterator[Requirement]:
    """Those of this platform; comments are indented."""
    for line in text.splitlines():
        if line and not line.startswith((" ", "#")):
            pin = Requirement(line)
            if pin.marker is None or pin.marker.evaluate():
                yield pin


def _difference(pin: Requirement) -> str:
    try:
        found = version(pin.name)
    except PackageNotFoundError:
        return f"{pin.name} is missing"
    return "" if pin.specifier.contains(found) else f"{pin} is wanted, not {found}"
