"""Passwords that nobody has."""

import secrets


def unusable_password() -> str:
    """As `make_password(None)`, which takes 40 times as long for its random text.

    Imports never set a password: hashing one takes a third of a second on purpose,
    and who typed the file would know it.
    """
    return "!" + secrets.token_urlsafe(30)
