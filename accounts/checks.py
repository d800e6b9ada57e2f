"""System checks of the settings around the sign-in."""

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

# Each stands behind those above it.
GUARDS = (
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "accounts.guards.middleware.ThrottleMiddleware",
    "accounts.guards.middleware.SessionLimitMiddleware",
    "accounts.guards.middleware.SecondFactorMiddleware",
    "accounts.guards.middleware.FreshSignInMiddleware",
)
OWN_MEMORY = ("locmem", "dummy")
FEW_ENTRIES = 10_000
LIMITS = ("FRESH_SIGN_IN_MINUTES", "SESSION_IDLE_MINUTES", "SESSION_HOURS")


@register(Tags.security)
def check_guards_stand(**kwargs: Any) -> list[CheckMessage]:
    """Without one of them, nothing asks what it asks."""
    standing = [each for each in settings.MIDDLEWARE if each in GUARDS]
    if standing == [*GUARDS]:
        return []
    return [
        Error(
            "The guards of the sign-in are not all in MIDDLEWARE, in their order.",
            hint=f"Have these, in this order: {', '.join(GUARDS)}.",
            id="accounts.E001",
        )
    ]


@register(Tags.security)
def check_second_factor_rights(**kwargs: Any) -> list[CheckMessage]:
    """A right that is misspelt is held by nobody, and asks nobody."""
    unknown = sorted({*settings.SECOND_FACTOR_RIGHTS} - {*every_right()})
    return [
        Error(
            f"SECOND_FACTOR_RIGHTS names «{right}», which is no right.",
            hint="Write app.codename, such as accounts.import_user.",
            id="accounts.E002",
        )
        for right in unknown
    ]


def every_right() -> Iterator[str]:
    for model in apps.get_models():
        opts = model._meta
        own = [codename for codename, _name in opts.permissions]
        stock = [f"{verb}_{opts.model_name}" for verb in opts.default_permissions]
        yield from (f"{opts.app_label}.{codename}" for codename in (*own, *stock))


@register(Tags.security)
def check_limits(**kwargs: Any) -> list[CheckMessage]:
    return [
        Error(
            f"{name} is {getattr(settings, name)}: nobody could work.",
            hint="Give a number above 0.",
            id="accounts.E003",
        )
        for name in LIMITS
        if getattr(settings, name) <= 0
    ]


@register(Tags.security)
def check_counters_are_shared(**kwargs: Any) -> list[CheckMessage]:
    """Each process would let through as many wrong tries as all of them may."""
    backend = settings.CACHES["default"]["BACKEND"]
    if not any(name in backend for name in OWN_MEMORY):
        return []
    return [
        Error(
            f"The default cache, {backend}, is not shared by the processes.",
            hint="Use the database's cache, or a server such as Redis.",
            id="accounts.E004",
        )
    ]


@register(Tags.security)
def check_sessions_can_be_ended(**kwargs: Any) -> list[CheckMessage]:
    if "signed_cookies" not in settings.SESSION_ENGINE:
        return []
    return [
        Error(
            "Sessions in cookies cannot be ended from elsewhere.",
            hint="Keep them in the database: SESSION_ENGINE of Django's default.",
            id="accounts.E005",
        )
    ]


@register(Tags.security)
def check_cache_holds_counters(**kwargs: Any) -> list[CheckMessage]:
    cache: dict[str, Any] = settings.CACHES["default"]
    most = cache.get("OPTIONS", {}).get("MAX_ENTRIES", 300)
    if "db.DatabaseCache" not in cache["BACKEND"] or most >= FEW_ENTRIES:
        return []
    return [
        Warning(
            f"The default cache drops entries above {most}: strangers could make it "
            "forget wrong tries.",
            hint="Set OPTIONS MAX_ENTRIES to 200000.",
            id="accounts.W001",
        )
    ]


@register(Tags.security)
def check_looks_write_no_session(**kwargs: Any) -> list[CheckMessage]:
    if not settings.SESSION_SAVE_EVERY_REQUEST:
        return []
    return [
        Warning(
            "SESSION_SAVE_EVERY_REQUEST makes every look at a page write.",
            hint="Leave it off: the guards note the last use every few minutes.",
            id="accounts.W002",
        )
    ]


@register(Tags.security, deploy=True)
def check_somebody_needs_a_factor(**kwargs: Any) -> list[CheckMessage]:
    if settings.SECOND_FACTOR_RIGHTS:
        return []
    return [
        Warning(
            "Nobody needs a second factor, not even superusers.",
            hint="Leave SECOND_FACTOR_RIGHTS unset, or name the rights that need one.",
            id="accounts.W003",
        )
    ]
