"""Passwords that a command prints and somebody types once."""

import secrets

# No letter or digit that is read as another one: no i, l, o, 0, 1.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"
GROUPS, GROUP_LENGTH = 4, 4


def generate_password() -> str:
    """A password of about 79 random bits, in groups that are easy to copy."""
    groups = (
        "".join(secrets.choice(ALPHABET) for _ in range(GROUP_LENGTH))
        for _ in range(GROUPS)
    )
    return "-".join(groups)
