"""Whether pages that libraries bring along ask for a right."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register()
def check_import_export_permissions(**kwargs: Any) -> list[CheckMessage]:
    """Without these settings import-export opens both pages to all staff."""
    unset = [
        name
        for name in (
            "IMPORT_EXPORT_IMPORT_PERMISSION_CODE",
            "IMPORT_EXPORT_EXPORT_PERMISSION_CODE",
        )
        if not getattr(settings, name, None)
    ]
    return [
        Error(
            f"{name} is not set.",
            hint="Set it, or every staff member may use the page.",
            id="portal.E001",
        )
        for name in unset
    ]
