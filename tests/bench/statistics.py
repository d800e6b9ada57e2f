"""What the query planner knows of the tables."""

from django.db import connection


def gather_statistics() -> None:
    """What PostgreSQL does by itself after a while; SQLite never does."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
