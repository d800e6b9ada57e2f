"""What history does not tell, in one statement that every test can afford."""

from functools import cache

from django.db import connection

from portal.history.completeness import questions


def escapes() -> list[tuple[str, str]]:
    """(what is wrong, key of the object) for each object that is."""
    with connection.cursor() as cursor:
        cursor.execute(_statement(connection.vendor))
        return cursor.fetchall()


@cache
def _statement(_vendor: str) -> str:
    # Quotes of the problems' own would end the literals.
    return " UNION ALL ".join(
        f"SELECT '{each.about} {each.problem.replace("'", "''")}' AS problem, "
        f"CAST(key AS text) AS key FROM ({each.sql}) found"
        for each in questions()
    )
