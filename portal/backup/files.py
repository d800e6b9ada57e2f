"""The files that wait for an import or an export."""

from collections.abc import Iterator
from pathlib import Path

from django.conf import settings


def folders() -> dict[str, Path]:
    """The folder of each part whose name begins so."""
    return {
        "imports": Path(settings.IMPORT_DIR),
        "exports": Path(settings.EXPORT_DIR),
    }


def waiting_files(jobs: frozenset[str]) -> Iterator[tuple[str, Path]]:
    """Name in the backup, and place, of each file that one of these jobs names.

    What is still being written is left out: its job begins it anew.
    """
    for name, folder in folders().items():
        for path in sorted(folder.iterdir()) if folder.is_dir() else ():
            if path.suffix != ".part" and path.name.split(".")[0] in jobs:
                yield f"{name}/{path.name}", path


def place_of(part_name: str) -> Path:
    folder, name = part_name.split("/")
    return folders()[folder] / name
