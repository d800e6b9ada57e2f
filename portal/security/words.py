"""The details of security events in words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

from portal.models import SecurityEvent

LABELS = {
    "count": _("How many"),
    "factor": _("Second factor"),
    "file": _("File"),
    "format": _("Format"),
    "job": _("Job"),
    "letter": _("Letter"),
    "method": _("Method"),
    "provider": _("Provider"),
    "reason": _("Why"),
    "scope": _("Counted by"),
    "seconds": _("Seconds"),
    "status": _("Status"),
    "target": _("Of"),
}


def facts(event: SecurityEvent) -> list[tuple[Any, Any]]:
    """Label and value of whatever is known of it beside its columns."""
    known = [(LABELS.get(name, name), value) for name, value in event.details.items()]
    return [
        *([(_("Page"), event.path)] if event.path else []),
        *known,
        *([(_("Browser"), event.user_agent)] if event.user_agent else []),
        *([(_("Request"), event.request_id)] if event.request_id else []),
    ]
