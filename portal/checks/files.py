"""Whether files with personal data are out of others' reach."""

import stat
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

OTHERS = stat.S_IRWXG | stat.S_IRWXO


@register(Tags.security)
def check_file_modes(**kwargs: Any) -> list[CheckMessage]:
    """In development the machine is its developer's own."""
    if settings.DEBUG:
        return []
    return [
        Warning(
            f"Others on this machine can read {path}.",
            hint=f"chmod go= {path}",
            id="portal.W006",
        )
        for path in private_paths()
        if is_open_to_others(path)
    ]


@register(Tags.security)
def check_private_files_are_not_served(**kwargs: Any) -> list[CheckMessage]:
    served: list[Any] = [
        settings.STATIC_ROOT,
        settings.MEDIA_ROOT,
        *settings.STATICFILES_DIRS,
    ]
    served += [getattr(settings, "WHITENOISE_ROOT", None)]
    return [
        Error(
            f"{path} lies in {folder}, which is served to everybody.",
            hint="Keep what is private elsewhere.",
            id="portal.E011",
        )
        for path in private_paths()
        for folder in served
        if folder and path.resolve().is_relative_to(Path(folder).resolve())
    ]


def private_paths() -> list[Path]:
    paths = [Path(settings.IMPORT_DIR), Path(settings.EXPORT_DIR)]
    paths.append(settings.BASE_DIR / ".env")
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        paths.append(Path(str(database["NAME"])))
    return paths


def is_open_to_others(path: Path) -> bool:
    """Whether the path, and the folder that it lies in, let others in."""
    try:
        return all(each.stat().st_mode & OTHERS for each in (path, path.parent))
    except FileNotFoundError:
        return False
