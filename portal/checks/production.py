"""Whether an installation that others can reach is set up for it.

Only `check --deploy` runs these, and `serve` in production.
"""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register
from django.utils.module_loading import import_string

LEAST_KEY = 50
DEBUG_TOOLS = {"debug_toolbar", "django_extensions", "silk"}
SMTP = "django.core.mail.backends.smtp.EmailBackend"
LOOPBACK = {"", "localhost", "127.0.0.1", "::1"}
HOUR = 60 * 60
# The longest that each of these may open the portal, in seconds.
LONGEST = {
    "SESSION_COOKIE_AGE": 24 * HOUR,
    "PASSWORD_RESET_TIMEOUT": 7 * 24 * HOUR,
    "INVITATION_LIFETIME": 31 * 24 * HOUR,
}
# With one of these, a script that got into a page would run.
UNSAFE_SOURCES = {"'unsafe-inline'", "*", "data:", "blob:", "http:", "https:"}


@register(Tags.security, deploy=True)
def check_secret_key(**kwargs: Any) -> list[CheckMessage]:
    key = settings.SECRET_KEY
    if len(key) >= LEAST_KEY and "development" not in key:
        return []
    return [
        Error(
            "SECRET_KEY is short, or the one for development: whoever knows it can "
            "sign in as anybody.",
            hint='python -c "import secrets; print(secrets.token_urlsafe(50))"',
            id="portal.E006",
        )
    ]


@register(Tags.security, deploy=True)
def check_debug_tools(**kwargs: Any) -> list[CheckMessage]:
    """They show settings, queries and other people's requests."""
    installed = {name.partition(".")[0] for name in settings.INSTALLED_APPS}
    found = sorted(installed & DEBUG_TOOLS)
    if settings.DEBUG:
        found.append("DEBUG")
    return [
        Error(
            f"{name} is on.",
            hint="Have it in development alone.",
            id="portal.E007",
        )
        for name in found
    ]


@register(Tags.security, deploy=True)
def check_hosts(**kwargs: Any) -> list[CheckMessage]:
    """Links in letters, and what is refused as foreign, depend on these."""
    found = [
        ("ALLOWED_HOSTS", host) for host in settings.ALLOWED_HOSTS if "*" in host
    ] + [
        ("CSRF_TRUSTED_ORIGINS", origin)
        for origin in settings.CSRF_TRUSTED_ORIGINS
        if "*" in origin or not origin.startswith("https://")
    ]
    return [
        Error(
            f"{name} holds «{value}».",
            hint="Name each host of the portal, and https:// origins alone.",
            id="portal.E008",
        )
        for name, value in found
    ]


@register(Tags.security, deploy=True)
def check_mail(**kwargs: Any) -> list[CheckMessage]:
    """Letters hold the links with which passwords are chosen."""
    mailer: Any = settings.MAILERS["default"]
    options = mailer.get("OPTIONS", {})
    is_encrypted = options.get("use_tls") or options.get("use_ssl")
    if issubclass(import_string(mailer["BACKEND"]), import_string(SMTP)):
        if is_encrypted or options.get("host", "") in LOOPBACK:
            return []
        problem = "Letters go to the mail server unencrypted"
    else:
        problem = "There is no mail server: letters are printed where the worker runs"
    return [
        Warning(
            f"{problem}, and they hold secret links.",
            hint="Set EMAIL_HOST, and leave EMAIL_USE_TLS on.",
            id="portal.W004",
        )
    ]


@register(Tags.security, deploy=True)
def check_content_security_policy(**kwargs: Any) -> list[CheckMessage]:
    policy: Any = settings.SECURE_CSP or {}
    wrong = []
    middleware = "django.middleware.csp.ContentSecurityPolicyMiddleware"
    if middleware not in settings.MIDDLEWARE:
        wrong.append("is not sent")
    for name in ("default-src", "script-src", "object-src", "base-uri"):
        if name not in policy:
            wrong.append(f"lacks {name}")
        elif unsafe := sorted(UNSAFE_SOURCES & set(policy[name])):
            wrong.append(f"allows {', '.join(unsafe)} in {name}")
    return [
        Error(
            f"The Content-Security-Policy {each}.",
            hint="Leave SECURE_CSP as config/csp.py has it.",
            id="portal.E009",
        )
        for each in wrong
    ]


@register(Tags.security, deploy=True)
def check_lifetimes(**kwargs: Any) -> list[CheckMessage]:
    found = []
    for name, longest in LONGEST.items():
        value = getattr(settings, name)
        seconds = value if isinstance(value, int) else value.total_seconds()
        if seconds > longest:
            found.append((name, longest))
    return [
        Warning(
            f"{name} is longer than {longest // HOUR} hours.",
            hint="Whoever finds an open session or an old letter gets in with it.",
            id="portal.W005",
        )
        for name, longest in found
    ]
