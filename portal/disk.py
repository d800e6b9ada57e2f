"""Room on the disks that the portal writes to."""

import shutil
from pathlib import Path

from django.conf import settings
from django.db import connection

MIB = 1024 * 1024


def places() -> list[Path]:
    """The folders that grow."""
    found = [Path(settings.DATA_DIR)]
    if connection.vendor == "sqlite":
        found.append(Path(connection.settings_dict["NAME"]).parent)
    return [folder for folder in found if folder.is_dir()]


def free_mib() -> int:
    """On the disk that has the least."""
    return min(shutil.disk_usage(folder).free // MIB for folder in places())
