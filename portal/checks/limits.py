"""Whether what strangers send is bounded."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from portal.sheets.limits import DEFAULT_LIMITS, MIB

# The most that each of these may be.
MOST = {
    "DATA_UPLOAD_MAX_MEMORY_SIZE": 16 * MIB,
    "DATA_UPLOAD_MAX_NUMBER_FIELDS": 10_000,
    "DATA_UPLOAD_MAX_NUMBER_FILES": 100,
    "FILE_UPLOAD_MAX_MEMORY_SIZE": 16 * MIB,
    "IMPORT_MAX_MIB": DEFAULT_LIMITS.bytes // MIB,
    "IMPORT_MAX_ROWS": DEFAULT_LIMITS.rows,
}


@register(Tags.security)
def check_upload_limits(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is {getattr(settings, name)}; at most {most} is safe.",
            hint="Larger requests fill the memory or the disk of the machine.",
            id="portal.E010",
        )
        for name, most in MOST.items()
        if getattr(settings, name) is None or getattr(settings, name) > most
    ]
