"""The reason that a person gives with a change."""

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from portal.fields import normalize_line

REASON_FIELD = "change_reason"
REASON_CHARACTERS = 500
REASON_NEEDED = _("Say why: this needs a reason, which stands in the history.")


def typed_reason(request: HttpRequest) -> str:
    """The reason that came with a form, if the person gave one."""
    typed = request.POST.get(REASON_FIELD, "")
    # PostgreSQL refuses NUL, which no form field has looked for here.
    return normalize_line(typed.replace("\0", " "))[:REASON_CHARACTERS]
