"""What SQLite needs to behave as PostgreSQL does."""

from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper


def unicode_lower(text: str | None) -> str | None:
    return None if text is None else str(text).lower()


def fold_case_in_unicode(connection: BaseDatabaseWrapper, **kwargs: Any) -> None:
    """Let LOWER() fold every script, as PostgreSQL's does, not ASCII alone.

    The unique indexes on LOWER(username) and LOWER(email) rest on it. Django opens
    every connection through this signal; a tool that opens the file by itself must
    not rebuild those indexes.
    """
    if connection.vendor == "sqlite":
        connection.connection.create_function(
            "LOWER", 1, unicode_lower, deterministic=True
        )
