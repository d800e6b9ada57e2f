"""Keeps secrets out of log lines: tokens of links, passwords, session keys.

Letters lead to pages whose address holds a secret. Django logs addresses in several
places, so secrets are taken out of every line, at the end, and not where it is made.
"""

import re

from django.urls import Resolver404, resolve

MASK = "***"
# The parts of an address, by the names that its pattern gives them, that open a door.
SECRET_PARTS = {"key", "reset_key", "secret", "token", "uidb36", "uidb64"}

# A signed timestamp, and Django's and allauth's tokens for letters, wherever they are.
_TOKENS = re.compile(
    r"\b[0-9A-Za-z]{6}[.:][\w-]{43}(?![\w-])|\b[0-9a-z]{1,13}-[0-9a-f]{32,64}\b"
)
_NAMED = re.compile(
    r"""
    (?P<name>\b[\w-]*(?:password|passwd|secret|token|sessionid|authorization|cookie|
        api[_-]?key)[\w-]*["']?\s*[=:]\s*)
    (?P<value>(?:(?:basic|bearer)\s+)?(?:"[^"]*"|'[^']*'|[^\s"',;&)}\]]+))
    """,
    re.IGNORECASE | re.VERBOSE,
)
_ADDRESS = re.compile(r"/[^\s\"'<>?#]+")


def mask(text: str) -> str:
    """The text without the secrets in it."""
    text = _ADDRESS.sub(lambda found: _mask_path(found[0]), text)
    text = _TOKENS.sub(MASK, text)
    return _NAMED.sub(rf"\g<name>{MASK}", text)


def _mask_path(path: str) -> str:
    for secret in _secret_parts(path):
        path = path.replace(secret, MASK)
    return path


def _secret_parts(path: str) -> list[str]:
    # Without its last slash an address of ours is not found, and is logged too.
    for candidate in (path, f"{path}/"):
        try:
            found = resolve(candidate).kwargs
        except Resolver404:
            continue
        return [
            value
            for name, value in found.items()
            if name in SECRET_PARTS and isinstance(value, str) and value
        ]
    return []
