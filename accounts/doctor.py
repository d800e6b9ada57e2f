"""Who can get in: administrators, their second factor, the single sign-on."""

from collections.abc import Iterator

import requests
from django.conf import settings

from accounts.guards.second_factor import factors_of, is_needed
from accounts.models import User
from portal.doctor import Finding, examines
from portal.doctor.registry import error, ok, warning

# In seconds.
PATIENCE = 5


@examines("Administrators", needs_database=True)
def look_at_administrators() -> Iterator[Finding]:
    count = User.objects.administrators().count()
    if count:
        yield ok(f"{count} active")
    else:
        yield error(
            "there is none who is active",
            "Run: manage.py first_administrator",
        )


@examines("Second factor", needs_database=True)
def look_at_second_factor() -> Iterator[Finding]:
    if not settings.SECOND_FACTOR_RIGHTS:
        yield warning(
            "nobody needs one, whatever they may do",
            "Leave SECOND_FACTOR_RIGHTS out, so that importers and managers do.",
        )
        return
    needed = [
        user for user in User.objects.active().filter(is_staff=True) if is_needed(user)
    ]
    without = sum(not factors_of(user) for user in needed)
    yield ok(f"{len(needed)} need one; {without} of them add it at their next sign-in")


@examines("Single sign-on")
def look_at_single_sign_on() -> Iterator[Finding]:
    if not settings.SSO_ISSUER:
        yield ok("not set up")
        return
    address = f"{settings.SSO_ISSUER}/.well-known/openid-configuration"
    try:
        answer = requests.get(address, timeout=PATIENCE)
        answer.raise_for_status()
        issuer = str(answer.json()["issuer"])
    except (requests.RequestException, LookupError, TypeError) as failed:
        yield error(
            f"{address}: {failed}",
            "See SSO_ISSUER, and whether this machine reaches the provider.",
        )
        return
    if issuer.rstrip("/") == settings.SSO_ISSUER:
        yield ok(f"{settings.SSO_ISSUER} answers")
    else:
        yield error(f"the provider calls itself {issuer}", "Set SSO_ISSUER to that.")
