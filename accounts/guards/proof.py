"""What a session has proved, and when: allauth's records, and the time of sign-in.

Times are seconds since the epoch, as allauth's own are.
"""

import time

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.http import HttpRequest

SIGNED_IN_AT = "signed_in_at"
SECOND_FACTOR = "mfa"


def has_used_second_factor(request: HttpRequest) -> bool:
    return any(
        record.get("method") == SECOND_FACTOR
        for record in get_authentication_records(request, request.user)
    )


def confirmed_at(request: HttpRequest) -> float:
    """When somebody last showed who they are: by a whole sign-in, or again since.

    A record that is not marked as a reauthentication is a part of a sign-in, or of
    enrolling a factor, and shows nothing by itself.
    """
    records = get_authentication_records(request, request.user)
    again = [record["at"] for record in records if record.get("reauthenticated")]
    return max([request.session.get(SIGNED_IN_AT, 0.0), *again])


def is_fresh(request: HttpRequest, times: int = 1) -> bool:
    """Whether that is no longer ago than the limit, or so many `times` the limit."""
    age = time.time() - confirmed_at(request)
    return age < settings.FRESH_SIGN_IN_MINUTES * 60 * times
