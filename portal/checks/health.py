"""Checks of what the health page asks for."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register

# So many characters at least: it is asked for by anybody, as often as they like.
TOKEN_LENGTH = 20


@register(Tags.security)
def check_health_token(**kwargs: Any) -> list[CheckMessage]:
    if not settings.HEALTH_TOKEN or len(settings.HEALTH_TOKEN) >= TOKEN_LENGTH:
        return []
    return [
        Warning(
            "HEALTH_TOKEN is short enough to be guessed.",
            hint=(
                'Make one with: python -c "import secrets; '
                'print(secrets.token_urlsafe(30))"'
            ),
            id="portal.W020",
        )
    ]
