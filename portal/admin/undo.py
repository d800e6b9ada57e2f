"""«Undo» in the message that says what was done."""

from typing import Any

from django.http import HttpRequest

from portal.models import ChangeSet

TAG = "undo-"
RIGHTS = ["portal.revert_history", "portal.view_history", "portal.view_changeset"]


def undo_tag(request: HttpRequest, made: ChangeSet | None) -> str:
    """The message's extra tag; "" when nothing changed, or this person may not."""
    if made is None or not request.user.has_perms(RIGHTS):
        return ""
    return f"{TAG}{made.pk}"


def undo_key(message: Any) -> str:
    """The change set that the message offers to undo, or ""."""
    tag = str(getattr(message, "extra_tags", "") or "")
    key = tag.removeprefix(TAG)
    return key if tag.startswith(TAG) and key.isdecimal() else ""
