"""Files: room for them, who may read them, static ones, backups."""

import os
import stat
import time
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.db import connection

from portal import disk
from portal.backup.making import made_in
from portal.doctor.registry import Finding, error, examines, ok, warning

DAY = 86_400.0
# A backup should be made every night; one night may be missed.
OLDEST_BACKUP = 2 * DAY


@examines("Disk")
def look_at_disk() -> Iterator[Finding]:
    free, least = disk.free_mib(), settings.MIN_FREE_MIB
    text = f"{free:,} MiB are free"
    if free < least:
        yield error(text, f"Make room: the portal wants {least:,} MiB.")
    elif free < 2 * least:
        yield warning(text, f"Make room: below {least:,} MiB, it is not ready.")
    else:
        yield ok(text)


@examines("Private files")
def look_at_private_files() -> Iterator[Finding]:
    places = [place for place in _private_places() if place.exists()]
    open_to_others = [place for place in places if not _is_private(place)]
    closed_to_us = [
        place for place in places if not os.access(place, os.R_OK | os.W_OK)
    ]
    if closed_to_us:
        yield error(
            f"{_names(closed_to_us)} cannot be written to",
            "Give them to the account that the portal runs as.",
        )
    if open_to_others:
        yield warning(
            f"others on this machine can read {_names(open_to_others)}",
            f"Run: chmod -R go= {_names(open_to_others)}",
        )
    if not (closed_to_us or open_to_others):
        yield ok("for the portal's own account alone")


def _private_places() -> Iterator[Path]:
    for name in ("IMPORT_DIR", "EXPORT_DIR", "BACKUP_DIR"):
        yield Path(getattr(settings, name))
    if connection.vendor == "sqlite":
        yield Path(connection.settings_dict["NAME"])


def _is_private(place: Path) -> bool:
    """By itself, or by a folder above it that lets nobody else in."""
    return any(
        not stat.S_IMODE(each.stat().st_mode) & (stat.S_IRWXG | stat.S_IRWXO)
        for each in (place, place.absolute().parent)
    )


def _names(places: list[Path]) -> str:
    return " ".join(map(str, places))


@examines("Static files")
def look_at_static_files() -> Iterator[Finding]:
    manifest = Path(settings.STATIC_ROOT) / "staticfiles.json"
    if settings.DEBUG:
        yield ok("served from where they lie, in development")
    elif not manifest.exists():
        yield error("were not collected", "Run: manage.py collectstatic --no-input")
    else:
        yield ok("collected")


@examines("Backups")
def look_at_backups() -> Iterator[Finding]:
    hint = "Run manage.py backup every night."
    folder = Path(settings.BACKUP_DIR)
    made = made_in(folder)
    if not made:
        yield warning(f"there is none in {folder}", hint)
        return
    age = time.time() - made[-1].stat().st_mtime
    text = f"the newest of {len(made)} is {age / DAY:.1f} days old"
    yield warning(text, hint) if age > OLDEST_BACKUP else ok(text)
